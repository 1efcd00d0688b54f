"""The Lambda entry point: everything is put together once, when the function starts."""

import snapshot_restore_py

from skill.channels.alexa.function import Function

lambda_handler = Function()
snapshot_restore_py.register_after_restore(lambda_handler.restored)
