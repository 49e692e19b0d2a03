"""The bounds on what `parse` reads of a stranger's mail, in one place. What is cut off is named in `Message.defects`."""

from __future__ import annotations

HEADER_BYTES = 1_000_000  # of the message's own header
HEADER_LINES = 20_000
HEADER_FIELDS = 2_000
PART_HEADER_BYTES = 64_000  # of a body part's header
PART_HEADER_LINES = 100
PART_HEADER_LINES_IN_ALL = 300_000
FIELD_BYTES = 256_000  # of one field's value
ADDRESSES = 10_000  # of one address field
REFERENCES = 1_000
PARAMETERS = 200  # of one Content-Type or Content-Disposition field

NESTING = 2_000  # multiparts within multiparts
PARTS = 20_000
SCANNED_BYTES = 600_000_000  # looked through for boundaries, over all levels together
DELIMITER_COST = 200  # of SCANNED_BYTES, for each line that is a boundary
FALSE_BOUNDARIES = 1_000_000  # lines that begin like a boundary and are none

TEXT_BYTES = 10_000_000  # of all readable body parts together
HTML_CHARS = 1_000_000  # of HTML that is turned into text, over all parts; images within it come on top
MARKED_PIECES = 20  # readable parts whose markup is asked for quotes
NEW_TEXT_CHARS = 500_000  # looked through for quotes and signatures
FILENAME_BYTES = 255
UUENCODED_FILES = 1_000

TNEF_BYTES = 40_000_000
TNEF_OBJECTS = 2_000
TNEF_EMBEDDED = 8  # messages within the TNEF stream

AUTHENTICATION_RESULTS_CHARS = 8_000
DEFECTS = 50
