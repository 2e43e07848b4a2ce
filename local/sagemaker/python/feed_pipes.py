"""Serves channels of the input mode Pipe: `feed_pipes.py DATA CHANNELS COMMAND …` becomes the command and leaves a process that feeds it.

CHANNELS is JSON: {"train": {"folder": where its objects lie, "recordIo": bool}, …}. The pipe train_0 in the folder DATA has all objects of the channel
one after the other, train_1 has them again for the next epoch, and so on. The pipe of the next epoch is there before the one before it ends.
"""

import json
import os
import shutil
import signal
import struct
import sys
import threading

RECORD_IO_MAGIC = 0xCED7230A


def pipe_of(place: str, epoch: int) -> str:
    return f"{place}_{epoch}"


def objects_in(folder: str) -> list[str]:
    """In the order of their keys."""
    found = [os.path.join(where, name) for where, _, names in os.walk(folder) for name in names]
    return sorted(found, key=os.fsencode)


def write_object(path: str, record_io: bool, pipe) -> None:
    with open(path, "rb") as source:
        if not record_io:
            shutil.copyfileobj(source, pipe)
            return
        size = os.fstat(source.fileno()).st_size
        pipe.write(struct.pack("<II", RECORD_IO_MAGIC, size))
        shutil.copyfileobj(source, pipe)
        pipe.write(b"\0" * (-size % 4))


def feed(place: str, folder: str, record_io: bool) -> None:
    epoch = 0
    while True:
        # Opens when somebody reads.
        with open(pipe_of(place, epoch), "wb", buffering=0) as pipe:
            os.mkfifo(pipe_of(place, epoch + 1))
            try:
                for path in objects_in(folder):
                    write_object(path, record_io, pipe)
            except BrokenPipeError:
                pass  # The reader had enough of this epoch.
        os.unlink(pipe_of(place, epoch))
        epoch += 1


def feed_all(data: str, channels: dict) -> None:
    # The script may want its data while it is being stopped.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for channel, source in channels.items():
        threading.Thread(target=feed, args=(f"{data}/{channel}", source["folder"], source["recordIo"])).start()


def main(data: str, channels: dict, command: list[str]) -> None:
    os.makedirs(data, exist_ok=True)
    for channel in channels:
        os.mkfifo(pipe_of(f"{data}/{channel}", 0))
    # Two forks: the command is to have no child that it doesn't know.
    between = os.fork()
    if between == 0:
        if os.fork() == 0:
            feed_all(data, channels)
            return
        os._exit(0)
    os.waitpid(between, 0)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]), sys.argv[3:])
