"""What a mail names only to set aside."""

import pytest

from router.rulebook.aside import asides

ASIDES = asides(
    fine=["lancar", "normal", "bisa dibuka"],
    doubt=["tidak", "biasanya", "apakah", "kemarin"],
    excepted=["bukan", "selain"],
    turns=["tapi", "cuma"],
)


@pytest.mark.parametrize(
    ("sentence", "meant", "aside"),
    [
        ("TNDE lancar, cuma e-SKA mati", "cuma e-SKA mati", "TNDE lancar"),
        (
            "Inatrade bisa dibuka normal tapi eska loading terus",
            "tapi eska loading terus",
            "Inatrade bisa dibuka normal",
        ),
        ("e-SKA biasanya lancar tapi sekarang mati", "e-SKA biasanya lancar tapi sekarang mati", ""),
        ("e-SKA tidak bisa dibuka", "e-SKA tidak bisa dibuka", ""),
        ("apakah intranet bisa dibuka dari rumah", "apakah intranet bisa dibuka dari rumah", ""),
        ("mohon API key, bukan API importir ya", "mohon API key", "bukan API importir ya"),
        ("Data impor", "Data impor", ""),
    ],
)
def test_what_is_meant_is_parted_from_what_is_said_aside(sentence: str, meant: str, aside: str) -> None:
    assert ASIDES.part(sentence) == (meant, aside)


def test_an_exception_reaches_four_words() -> None:
    assert ASIDES.part("bukan satu dua tiga empat lima")[0] == "lima"


def test_without_word_lists_nothing_is_an_aside() -> None:
    assert asides([], [], [], []).part("TNDE lancar, bukan e-SKA") == ("TNDE lancar, bukan e-SKA", "")
