"""An nbgrader course: whole classes, marks and pages.

cli.py, commands.py   the command `rnnlm-grade`
nbgrader_plugin/      every hook into nbgrader: grading, exchange, releases, downloads, pages, its start
settings.py           the grader's settings, and what must be there; feedback.py knows which pages are stale
batch.py, pool.py     grade a class side by side; job.py is one submission, results.py keeps what was found,
                      recorder.py writes graded notebooks and marks, and reads them again
folders.py            where a student's work lies; private.py, forget.py keep it from others and remove what it holds
source_notebook.py    the instructor's notebook of an exercise; offers.py says which page of the book offers it
handed_in.py          what one student handed in
gradebook.py, class_marks.py, lateness.py   what nbgrader's database says
messages.py           what a run tells the instructor, in lines
export.py, class_report.py, overview.py   tables and pages for a teacher
pages.py, for_teachers.html   what the pages share
watch.py, practice.py   collects and grades what arrives, and answers with feedback that has no marks
one_student.py        every criterion of one student
downloads.py          what Canvas and Moodle give and take; freezing.py keeps closed assignments as they are
"""
