"""Open a model.tar.gz and let it answer as the endpoint will: through the inference.py that travels inside it."""

import importlib.util
import json
import shutil
import tarfile
import zlib
from pathlib import Path
from types import ModuleType
from typing import Any


class ModelArchiveError(Exception):
    """The archive can't be opened or served; the sentence says why."""


class ServedModel:
    """A model with its own serving code."""

    def __init__(self, archive: Path, work_dir: Path) -> None:
        """Unpack `archive` into `work_dir`, which must be empty or absent, and load the model."""
        extract(archive, work_dir)
        self._code = load_module(work_dir / "code" / "inference.py")
        self._model = self._code.model_fn(str(work_dir))

    def answer(self, body: str, content_type: str) -> Any:
        """The answer to one request, parsed where it is JSON, else as text."""
        rows = self._code.input_fn(body, content_type)
        text, answer_type = self._code.output_fn(self._code.predict_fn(rows, self._model), "application/json")
        return json.loads(text) if answer_type == "application/json" else text


def extract(archive: Path, target: Path) -> None:
    """Unpack regular files only, and only below `target`: an archive is data, it must not choose where it lands."""
    if not archive.is_file():
        raise ModelArchiveError(f"{archive} is missing: the training step makes it.")
    root = target.resolve()
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                _extract_member(tar, member, root)
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise ModelArchiveError(f"{archive.name} can't be unpacked: {error}") from error


def load_module(path: Path) -> ModuleType:
    """Import one file under a name of its own, so that candidate and champion don't meet in sys.modules."""
    if not path.is_file():
        raise ModelArchiveError("The archive has no code/inference.py: train.py copies it there.")
    spec = importlib.util.spec_from_file_location(f"inference_of_{path.parent.parent.name}", path)
    if spec is None or spec.loader is None:
        raise ModelArchiveError(f"{path} can't be imported as a Python module.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _extract_member(tar: tarfile.TarFile, member: tarfile.TarInfo, root: Path) -> None:
    path = (root / member.name).resolve()
    if not path.is_relative_to(root):
        raise ModelArchiveError(f"The archive names {member.name}, which lies outside of it: it is refused.")
    if member.isdir():
        return
    content = tar.extractfile(member) if member.isreg() else None
    if content is None:
        raise ModelArchiveError(f"The archive has {member.name}, which is no regular file: it is refused.")
    path.parent.mkdir(parents=True, exist_ok=True)
    with content, path.open("wb") as file:
        shutil.copyfileobj(content, file)
