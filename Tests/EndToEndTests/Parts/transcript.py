"""Runs what the README shows in its console blocks, all in one session, and compares what comes out.

    transcript.py README.md            compares; prints what differs and ends with 1
    transcript.py README.md --write    puts what came out into the file instead

The session is a bash in a folder of its own, in a network of its own: ports and addresses are as the README has them.
`headcast` is taken from PATH. Lines of one command may come in any order, since programs in the background print, too.
What differs from run to run counts as equal: ids, times, durations, rates, free ports, the width of columns, and whether
a subscriber is new.
"""

import difflib
import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import time
import tty

FENCE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "transcript-mark"
WIDTH = 118
PATIENCE = 10.0
QUIET = 1.0

CHANGING = [
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[78][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"), "ID"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "TIME"),
    (re.compile(r'"epoch":\d+'), '"epoch":N'),
    (re.compile(r'"headcastepoch":"\d+"'), '"headcastepoch":"N"'),
    (re.compile(r"127\.0\.0\.1:\d{5}"), "127.0.0.1:PORT"),
    (re.compile(r"\b\d+(\.\d+)? (us|ms|s|m|h|d)\b"), "DURATION"),
    (re.compile(r"[\d,]+ a second"), "RATE"),
    (re.compile(r"\bunproven\b"), "ok"),
    (re.compile(r" +"), " "),
]


def alike(line: str) -> str:
    """The line without what differs from run to run."""
    for pattern, word in CHANGING:
        line = pattern.sub(word, line)
    return line.rstrip()


def parse(block: str) -> list[tuple[str, list[str]]]:
    """The commands of a block, each with the lines that are to come of it."""
    steps: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            steps.append((line[2:], []))
        elif line.startswith("> "):
            steps[-1] = (steps[-1][0] + "\n" + line[2:], [])
        else:
            lines = steps[-1][1]
            # A long line of JSON goes on after one space.
            if lines and re.match(r" \S", line) and lines[-1].startswith("{"):
                lines[-1] += line[1:]
            else:
                lines.append(line)
    return steps


def wrapped(line: str) -> str:
    """The line as the README has it: long JSON goes on after one space."""
    if len(line) <= WIDTH or not line.startswith("{"):
        return line
    rows, row = [], ""
    for part in re.split(r"(?<=,)(?=[\"{])", line):
        if row and len(row) + len(part) > WIDTH:
            rows.append(row)
            row = " "
        row += part
    return "\n".join(rows + [row])


class Session:
    """A bash that is given one command at a time."""

    def __init__(self, folder: str) -> None:
        # A terminal to write to, as people have: some programs say more where there is none.
        self.output, terminal = pty.openpty()
        tty.setraw(terminal)
        self.bash = subprocess.Popen(
            ["bash", "--norc", "--noprofile"], cwd=folder, stdin=subprocess.PIPE, stdout=terminal, stderr=terminal,
            start_new_session=True,
        )
        os.close(terminal)
        self.rest = b""

    def run(self, command: str, expected: list[str] | None) -> list[str]:
        """Runs the command and gives its lines; waits for those expected, or until nothing more comes."""
        self.bash.stdin.write(f"{command}\nprintf '%s\\n' {MARK}\n".encode())
        self.bash.stdin.flush()
        lines: list[str] = []
        is_done = False
        deadline = time.monotonic() + PATIENCE
        while (now := time.monotonic()) < deadline:
            if is_done and expected is not None and len(lines) >= len(expected):
                break
            until = deadline if not is_done or expected is not None else min(deadline, now + QUIET)
            if not select.select([self.output], [], [], until - now)[0]:
                break
            part = os.read(self.output, 65536)
            if not part:
                break
            *whole, self.rest = (self.rest + part).split(b"\n")
            for line in whole:
                text = line.decode(errors="replace")
                if text == MARK:
                    is_done = True
                else:
                    lines.append(text.rstrip())
        return lines

    def end(self) -> None:
        """Ends everything that was started."""
        os.killpg(self.bash.pid, 15)
        try:
            self.bash.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self.bash.pid, 9)


def own_network() -> None:
    """Goes on in a network that has nothing but loopback, as root or in a user namespace."""
    if os.environ.get("TRANSCRIPT_NETWORK"):
        return
    os.environ["TRANSCRIPT_NETWORK"] = "1"
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    inside = 'ip link set lo up && exec "$0" "$@"'
    os.execvp("unshare", ["unshare", "--net", *user, "sh", "-c", inside, sys.executable, *sys.argv])


def main() -> int:
    own_network()
    path, is_writing = sys.argv[1], "--write" in sys.argv[2:]
    with open(path, encoding="utf-8") as file:
        text = file.read()
    differences = 0
    with tempfile.TemporaryDirectory() as folder:
        session = Session(folder)

        def replay(block: re.Match[str]) -> str:
            nonlocal differences
            out = []
            for command, expected in parse(block[1]):
                lines = session.run(command, None if is_writing else expected)
                if not is_writing and sorted(map(alike, expected)) != sorted(map(alike, lines)):
                    differences += 1
                    print(f"$ {command}")
                    print("\n".join(difflib.unified_diff(expected, lines, "README", "session", lineterm="", n=99)))
                out.append("$ " + command.replace("\n", "\n> ") + "\n")
                out += [wrapped(line) + "\n" for line in lines]
            return "```console\n" + "".join(out) + "```"

        try:
            written = FENCE.sub(replay, text)
        finally:
            session.end()
    blocks = len(FENCE.findall(text))
    if is_writing:
        with open(path, "w", encoding="utf-8") as file:
            file.write(written)
    print(f"{blocks} blocks, {differences} commands differ")
    return 1 if differences or blocks == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
