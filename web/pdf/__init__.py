"""Letters on paper: what a person saves, prints or sends on, as PDF in Japanese with text that can be read aloud.

A kind of letter is a Typst file in letters/ that lays out the JSON it is given; `typesetting.Letter` makes the PDF of
it, `answers.send` gives it out. People's words reach Typst as data alone, never as markup.
"""
