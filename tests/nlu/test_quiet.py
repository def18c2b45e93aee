"""What ``ventanilla nlu`` rests on, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from bot.settings import ROOT

PARSE = """
import json, sys
from pathlib import Path
from bot.brain.nlu.parse import Understanding
print(json.dumps(Understanding(Path(sys.argv[1])).parse("olvidé mi clave del seace").as_dict()))
"""


def test_a_message_is_understood_without_a_word_of_the_libraries_warnings(model: Path) -> None:
    done = subprocess.run([sys.executable, "-c", PARSE, str(model)], cwd=ROOT, capture_output=True, text=True)
    assert done.stderr == ""
    understood = json.loads(done.stdout)
    assert (understood["intent"], understood["platform"]) == ("recuperar_contrasena", "seace")
