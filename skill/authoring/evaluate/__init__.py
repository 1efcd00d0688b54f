"""How well the reader reads: figures with intervals, confusions in order of harm, pictures, two readers paired."""

from skill.authoring.evaluate.figures import HARMS, Figures, Row, Share, figures, harm, is_caught
from skill.authoring.evaluate.held_out import Point, curve, folds, held_out
from skill.authoring.evaluate.labelled import labelled
from skill.authoring.evaluate.pair import Pair, pair
from skill.authoring.evaluate.report import pair_report, report, wrong_report

__all__ = [
    "HARMS",
    "Figures",
    "Pair",
    "Point",
    "Row",
    "Share",
    "curve",
    "figures",
    "folds",
    "harm",
    "held_out",
    "is_caught",
    "labelled",
    "pair",
    "pair_report",
    "report",
    "wrong_report",
]
