"""`python -m sammen.web.i18n extract|update|compile|check`."""

from __future__ import annotations

import sys

from sammen.web.i18n import TRANSLATED, catalogue, loading


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit code (1 when `check` finds something, 2 for a bad command)."""
    match arguments:
        case ["extract"]:
            for message in catalogue.extract():
                if message.id:
                    sys.stdout.write(f"{message.id}\n")
        case ["update"]:
            template = catalogue.extract()
            for lang in TRANSLATED:
                path = catalogue.update(lang, template)
                left = len(list(catalogue.check(lang, template)))
                sys.stdout.write(f"{lang}: {path.name}, {left} left to translate\n")
        case ["compile"]:
            for lang in TRANSLATED:
                loading.compile_file(lang)
        case ["check"]:
            template = catalogue.extract()
            faults = [fault for lang in TRANSLATED for fault in catalogue.check(lang, template)]
            for fault in faults:
                sys.stdout.write(f"{fault}\n")
            sys.stdout.write(
                f"{len(template)} messages, {len(faults)} not ready in {', '.join(TRANSLATED)}\n"
            )
            return 1 if faults else 0
        case _:
            sys.stderr.write(f"{__doc__}\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
