"""Prints what did not pass in the .trx files of a folder: full name, how long it took, message, first lines of the stack.

    python3 failures.py FOLDER
"""
import pathlib
import sys
import xml.etree.ElementTree as xml

TEST = "{http://microsoft.com/schemas/VisualStudio/TeamTest/2010}"
MESSAGE_LINES, STACK_LINES, LONGEST_LINE = 25, 8, 500


def show(text, most):
    # The frames that only carry an exception from one await to the next say nothing.
    lines = [line for line in (text or "").splitlines() if line.strip() and "   at System.Runtime." not in line]
    for line in lines[:most]:
        print("    " + line[:LONGEST_LINE])
    if len(lines) > most:
        print(f"    ... {len(lines) - most} lines more")


for file in sorted(pathlib.Path(sys.argv[1]).glob("*.trx")):
    try:
        root = xml.parse(file).getroot()
    except xml.ParseError as error:
        print(f"-- {file.stem}: its results cannot be read: {error}")
        continue
    classes = {unit.get("id"): unit.find(TEST + "TestMethod").get("className") for unit in root.iter(TEST + "UnitTest")}
    for result in root.iter(TEST + "UnitTestResult"):
        if result.get("outcome") == "Passed":
            continue
        owner, name = classes.get(result.get("testId"), ""), result.get("testName")
        print(f"-- {name if name.startswith(owner) else owner + ': ' + name}")
        print(f"  {result.get('outcome')} after {result.get('duration')}, from {result.get('startTime')}")
        show(result.findtext(f"{TEST}Output/{TEST}ErrorInfo/{TEST}Message"), MESSAGE_LINES)
        show(result.findtext(f"{TEST}Output/{TEST}ErrorInfo/{TEST}StackTrace"), STACK_LINES)

    # A test host that died has no result for the test that was running.
    summary = root.find(TEST + "ResultSummary")
    if summary is not None and summary.get("outcome") not in ("Completed", "Passed"):
        for note in summary.iter(TEST + "Text"):
            if "[FAIL]" not in (note.text or ""):
                print(f"-- {file.stem}: {summary.get('outcome')}")
                show(note.text, MESSAGE_LINES)
