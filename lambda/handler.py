"""The Lambda entry point: everything is put together once, when the function starts."""

import os
import sys

from skill.channels.alexa.entry import entry
from skill.channels.alexa.metrics import Meter
from skill.house import open_house

house = open_house(os.environ)
meter = Meter(os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "skill"), house.exchange.words, sys.stdout.write)
lambda_handler = entry(house, os.environ.get("STAY_CLOSE_SKILL_ID"), meter)
