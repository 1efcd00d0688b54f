"""The Lambda entry point: everything is put together once, when the function starts."""

import os

from skill.channels.alexa.entry import entry
from skill.house import open_house

lambda_handler = entry(open_house(os.environ), os.environ.get("STAY_CLOSE_SKILL_ID"))
