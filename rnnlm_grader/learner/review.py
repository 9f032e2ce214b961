"""What was misunderstood comes back: small questions, days later, about the mistakes that a check has named.

Of each mistake there is a record: `log` holds [time in milliseconds, grade] of each time that a check named it or that
the reader answered, `due` is when it is asked next, and `asked` marks the questions that there were. FSRS schedules
them. The records stay with the reader: in this browser, as points do, and in the file that RNNLM_PROGRESS names.
"""

import json
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any, TypeAlias, TypedDict

from ..explaining.words import BOOK
from ..verdict.judging import PartResult
from ..verdict.marks import State
from . import progress
from .page import BELOW, BOOK_URL, CODE, FRAME, element, escaped, say, sentence, with_code
from .questions import Question, key_of, question_about

KEY = "review"  # in the file
MISSED, KNEW = 1, 3  # the grades of FSRS: Again, Good
DAY = 24 * 60 * 60 * 1000  # milliseconds
AT_ONCE = 6  # questions of one sitting
LATER = 7 * DAY  # when to try again where no question can be made, such as about lines of what isn't solved yet
# An old output may run again, as in `progress`; of one visit to an exercise a mistake counts once.
SCRIPT = """<script>{
  const kept = JSON.parse(localStorage.getItem("rnnlm-review") ?? "{}");
  for (const [key, news] of kept.off ? [] : Object.entries(%s)) {
    const [at, grade] = news.log.at(-1), before = kept.mistakes?.[key], last = before?.log.at(-1)[0] ?? 0;
    if (at <= Math.max(kept.cleared ?? 0, last + (grade === 1 && last ? %d : 0))) continue;
    const record = { ...before, ...news };
    if (before && news.log.length === 1) { // by a kernel that doesn't know what was before
      Object.assign(record, { log: [...before.log, ...news.log], asked: before.asked });
    }
    kept.mistakes = { ...kept.mistakes, [key]: record };
  }
  localStorage.setItem("rnnlm-review", JSON.stringify(kept));
}</script>"""
NO_FILE = "This notebook keeps nothing from one visit to the next. Questions come on the book's page Review."
Log: TypeAlias = list[list[int]]  # [time in milliseconds, grade] of each time
SWITCHED = {"off": "Nothing is kept or asked any more. review('on') begins anew.", "on": "Mistakes come back again."}

open_question: tuple[str, Question] | None = None  # (key, question) that `review` has asked


# --- records ----------------------------------------------------------------------------------------------------------


class Record(TypedDict):
    """What is known of a mistake; see above."""

    log: Log
    due: int
    asked: list[int]


def named(record: Record | None, now: int) -> Record:
    """Return the record of a mistake that a check has named now; of one visit it counts once."""
    known: Record = record or {"log": [], "due": 0, "asked": []}
    log = known["log"]
    if log and now - log[-1][0] < DAY // 2:
        return known
    return {"asked": [], **known, "log": [*log, [now, MISSED]], "due": now + DAY}


def answered(record: Record, is_right: bool, mark: int, now: int) -> Record:
    """Return the record of a mistake about which a question was answered."""
    log = [*record["log"], [now, KNEW if is_right else MISSED]]
    return {"log": log, "due": scheduled(log), "asked": [*record["asked"], mark]}


def scheduled(log: Log) -> int:
    """Return when a mistake is to be asked about next, in milliseconds."""
    from fsrs import Card, Rating, Scheduler  # here, for a check that is waited for needs none of it

    scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    card = Card(card_id=0)
    for at, grade in log:
        card, _ = scheduler.review_card(card, Rating(grade), datetime.fromtimestamp(at / 1000, UTC))
    return int(card.due.timestamp() * 1000)


def due(mistakes: Mapping[str, Record], now: int) -> list[str]:
    """Return the keys of the mistakes that are due, the longest due first."""
    found = sorted((record["due"], key) for key, record in mistakes.items() if record["due"] <= now)
    return [key for _, key in found][:AT_ONCE]


def ask(key: str, record: Record, points: Mapping[str, Sequence[int]], now: int) -> Question | None:
    """Return a question about a mistake, or None; `points` are the reader's, by parts."""
    totals = {part: total for part, (_, total) in progress.TOTALS.items() if part.startswith(f"{key.split('.')[0]}-")}
    is_solved = all(points.get(part, [0])[0] >= total for part, total in totals.items())
    return question_about(key, now + len(record["log"]), record["asked"], is_solved)


def in_page(request: str) -> str:
    """Answer the page of the book: JSON to JSON."""
    does, what = json.loads(request)
    if does == "scheduled":
        return json.dumps(scheduled(**what))
    question = ask(**what)
    return json.dumps(question and question.as_data())


# --- where they are kept ----------------------------------------------------------------------------------------------


def note(results: Iterable[PartResult]) -> str:
    """Keep the mistakes that a check has named; return what hands them to the browser, as HTML."""
    kept, now = read(), now_in_milliseconds()
    keys = dict.fromkeys(
        key_of(each)
        for result in results
        for verdict in result.verdicts
        if verdict.state == State.COSTS
        for each in verdict.likely
    )
    if not keys or kept.get("off"):
        return ""
    return keep({key: named(kept["mistakes"].get(key), now) for key in keys})


def keep(records: dict[str, Record]) -> str:
    """Keep records in the file, if there is one; return what hands them to the browser."""
    kept = read()
    write(kept | {"mistakes": kept["mistakes"] | records})
    return SCRIPT % (json.dumps(records).replace("<", "\\u003c"), DAY // 2)


def read() -> dict[str, Any]:
    """Return what the file keeps: the records of mistakes, and whether reviews are switched off."""
    kept = progress.whole_file().get(KEY)
    kept = kept if isinstance(kept, dict) else {}
    return {"mistakes": {}} | kept


def write(kept: dict[str, Any]) -> None:
    progress.write(progress.read() | {KEY: kept})


def now_in_milliseconds() -> int:
    return int(time.time() * 1000)


# --- in a notebook ----------------------------------------------------------------------------------------------------


def review(choice: int | str | None = None) -> None:
    """Ask about a mistake of yours that is due; `review(2)` answers with the second choice, and asks the next one.

    `review('off')` forgets all mistakes and keeps none, `review('on')` begins anew.
    """
    if progress.FILE not in os.environ:
        say(NO_FILE, link("review.html", NO_FILE))
    elif choice in SWITCHED:
        write({"off": choice == "off", "mistakes": {}})
        say(SWITCHED[choice], SWITCHED[choice])
    elif choice is None:
        ask_next()
    else:
        answer(choice)


def answer(choice: int | str) -> None:
    """Judge an answer, say why, and ask what is due next."""
    global open_question
    if open_question is None:
        raise ValueError("No question is open: review() asks one.")
    key, question = open_question
    if choice not in range(1, len(question.choices) + 1):
        raise ValueError(f"Choose a number from 1 to {len(question.choices)}, such as review(1).")
    chosen, open_question = question.choices[int(choice) - 1], None
    record = read()["mistakes"].get(key) or named(None, now_in_milliseconds())
    script = keep({key: answered(record, chosen.is_right, question.mark, now_in_milliseconds())})
    verdict = "✓ Right." if chosen.is_right else "✗ Not that one; right is:"
    right = "" if chosen.is_right else next(each.text for each in question.choices if each.is_right)
    lines = [verdict, *([right] if right else []), chosen.why, f"Read: {BOOK}/{question.section}"]
    shown = [
        element("div", "", escaped(verdict)),
        element("pre", CODE, escaped(right)) if right else "",
        element("div", BELOW, with_code(chosen.why)),
        element("div", BELOW, sentence("read", question.section)),
    ]
    say("\n".join(lines), element("div", FRAME, "".join(shown)) + script)
    ask_next()


def ask_next() -> bool:
    """Ask about what is due, or say when something will be."""
    global open_question
    kept, now = read(), now_in_milliseconds()
    for key in due(kept["mistakes"], now):
        if question := ask(key, kept["mistakes"][key], progress.read(), now):
            open_question = key, question
            return say(*written(question))
        keep({key: kept["mistakes"][key] | {"due": now + LATER}})
    at = [record["due"] for record in kept["mistakes"].values()]
    noted = "1 mistake is noted" if len(at) == 1 else f"{len(at)} mistakes are noted"
    following = f"; the next question comes on {datetime.fromtimestamp(min(at) / 1000):%d %B}" if at else ""
    nothing = f"Nothing is due. {noted}{following}."
    return say(nothing, nothing)


def written(question: Question) -> tuple[str, str]:
    """Write a question as text and as HTML."""
    answers = [(f"review({number})", choice.text) for number, choice in enumerate(question.choices, 1)]
    text = "\n".join([question.asks, "", question.code, "", *(f"{call}  {text}" for call, text in answers)])
    rows = "".join(f"<div><code>{call}</code>{element('pre', CODE, escaped(text))}</div>" for call, text in answers)
    code = element("pre", CODE, escaped(question.code)) if question.code else ""
    return text, element("div", FRAME, element("div", "", with_code(question.asks)) + code + rows)


def link(page: str, text: str) -> str:
    url = os.environ.get(BOOK_URL)
    address = escape(f"{url.rstrip('/')}/{BOOK}/{page}") if url else ""
    return f'<a href="{address}" target="_blank" rel="noopener">{escaped(text)}</a>' if url else escaped(text)
