"""Writes UnicodeDecompositions.txt from Python's Unicode database: .NET without ICU leaves text un-normalized, so the library carries
the decompositions itself. usage: python3 make_unicode_decompositions.py > UnicodeDecompositions.txt"""
import sys
import unicodedata

print(f"# Unicode {unicodedata.unidata_version}. D: canonical decomposition, one step; K: compatibility decomposition, one step;")
print("# C: first-last code point with a canonical combining class; X: decomposes but is never composed again.")
for point in range(sys.maxunicode + 1):
    char = chr(point)
    mapping = unicodedata.decomposition(char).split()
    if mapping and not 0xAC00 <= point <= 0xD7A3:
        kind = "K" if mapping[0].startswith("<") else "D"
        points = " ".join(p.lstrip("0") for p in mapping if not p.startswith("<"))
        excluded = kind == "D" and unicodedata.normalize("NFC", char) != char
        print(f"{'X' if excluded else kind} {point:X} {points}")
start = 0
for point in range(1, sys.maxunicode + 2):
    if point > sys.maxunicode or unicodedata.combining(chr(point)) != unicodedata.combining(chr(start)):
        if unicodedata.combining(chr(start)):
            print(f"C {start:X}-{point - 1:X} {unicodedata.combining(chr(start))}")
        start = point
