"""What stops a run, with the way out in its text."""


class Failure(Exception):
    pass
