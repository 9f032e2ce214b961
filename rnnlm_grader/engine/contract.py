"""What every layer must hold to, whatever it computes: each topic is a few scripts; in brackets what must not matter.

Each script has only the noise that it is about, and simple ones come first: by these the rule for marks tells a layer
that accumulates its gradients (it fails `[spoil] forward backward`) from one that can't go back twice (it doesn't).
"""

KEPT = ("forward backward", "forward forward", "forward update", "forward backward forward:other backward backward")
SHARED = (
    "[update] forward",
    "[update] forward backward",
    "[update:through] forward backward",
    "[forward backward update] forward:again backward:again",
    "[forward update:one] forward:again backward",
)
IN_PLACE = (
    "spoil forward",
    "forward backward",
    "[spoil] forward backward",
    "forward [spoil] backward",
    "[forward backward spoil] forward backward:zero",
)
TWICE = ("forward [backward] backward", "forward [backward] backward:again")
LAST_FORWARD = (
    "[forward] forward backward",
    "[forward] forward:resized backward",
    "[forward backward] forward backward:again",
)
BESIDE = (
    "[b.forward] forward backward",
    "forward [b.forward] backward",
    "forward [b.forward:other b.backward] backward",
    "forward backward [b.forward b.backward] backward:again",
)
