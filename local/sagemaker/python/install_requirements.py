"""Installs the `requirements.txt` beside a script into the container's own environment, as SageMaker's toolkits do.

As a program: `install_requirements.py FOLDER COMMAND …` installs what FOLDER asks for and becomes the command. If pip fails, its last words stand
in /opt/ml/output/failure.
"""

import os
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version

FAILURE = "/opt/ml/output/failure"
LAST_WORDS = 600
COMMENT = re.compile(r"(^|\s+)#.*$")


class InstallRequirementsError(Exception):
    """pip could not install what the script needs."""

    def __init__(self, code: int, words: str, command: list[str]) -> None:
        super().__init__(f'InstallRequirementsError:\nExitCode {code}\nErrorMessage "{words}"\nCommand "{" ".join(command)}"')
        self.code = code


def is_satisfied(folder: str) -> bool:
    """Whether all that is asked for is there already: pip would take half a second of each container to find that out."""
    with open(os.path.join(folder, "requirements.txt"), encoding="utf-8", errors="replace") as file:
        lines = [COMMENT.sub("", line).strip() for line in file]
    return all(_is_there(line) for line in lines if line)


def _is_there(line: str) -> bool:
    """False also for a line that is more than a name and versions: pip reads it then."""
    from pip._vendor.packaging.requirements import InvalidRequirement, Requirement

    try:
        asked = Requirement(line)
        if asked.url or asked.extras:
            return False
        if asked.marker and not asked.marker.evaluate():
            return True
        return asked.specifier.contains(version(asked.name), prereleases=True)
    except (InvalidRequirement, PackageNotFoundError):
        return False


def install(folder: str) -> None:
    if not os.path.exists(os.path.join(folder, "requirements.txt")):
        return
    if is_satisfied(folder):
        print("requirements.txt asks for nothing that the image doesn't have.", file=sys.stderr, flush=True)
        return
    command = [sys.executable, "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "-r", "requirements.txt"]
    environment = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
    process = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True)
    words = ""
    for line in process.stderr:
        print(line, end="", file=sys.stderr, flush=True)
        words = (words + line)[-LAST_WORDS:]
    code = process.wait()
    if code != 0:
        raise InstallRequirementsError(code, words.strip(), ["python3", *command[1:4], *command[-2:]])


def main(folder: str, *command: str) -> None:
    try:
        install(folder)
    except InstallRequirementsError as error:
        os.makedirs(os.path.dirname(FAILURE), exist_ok=True)
        with open(FAILURE, "w") as file:
            file.write(str(error))
        sys.exit(error.code)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
