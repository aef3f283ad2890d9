using OrtTrainer.Data;

namespace OrtTrainer.Tests.Data;

public sealed class ConllRecordsTests
{
    [Test]
    public void A_row_is_a_sentence_with_its_words_and_the_last_of_their_fields()
    {
        DataRow[] rows = Read("""
            -DOCSTART- -X- -X- O

            EU NNP B-NP B-ORG
            rejects VBZ B-VP O

            -DOCSTART- -X- -X- O
            Kim NNP B-NP B-PER
            """);

        Assert.That(rows.Select(row => row.Line), Is.EqualTo(new[] { 3, 7 }));
        Assert.That(rows[0].Columns.Names, Is.EqualTo(new[] { "tokens", "tags" }));
        Assert.That(rows[0].Values, Is.EqualTo(new[] { """["EU","rejects"]""", """["B-ORG","O"]""" }));
        Assert.That(rows[0].KindOf("tokens"), Is.EqualTo(FieldKind.List));
        Assert.That(rows[1]["tags"], Is.EqualTo("""["B-PER"]"""));
    }

    [Test]
    public void Tabs_part_fields_that_hold_blanks()
    {
        DataRow row = Read("New York\tB-LOC\r\n10 000\tO\r\n").Single();

        Assert.That(row["tokens"], Is.EqualTo("""["New York","10 000"]"""));
        Assert.That(row["tags"], Is.EqualTo("""["B-LOC","O"]"""));
    }

    [Test]
    public void Comments_before_a_sentence_are_skipped_and_a_hash_is_a_word()
    {
        DataRow[] rows = Read("# id 4 of some text\nKim B-PER\n# O\n\n# O\nfar O\n\n# id 5\nis O\n");

        Assert.That(rows.Select(row => row["tokens"]),
            Is.EqualTo(new[] { """["Kim","#"]""", """["#","far"]""", """["is"]""" }));
    }

    [Test]
    public void Fields_may_be_named()
    {
        DataRow row = Read("1 Kim PER\n2 is O\n", "number", "word", "tag").Single();

        Assert.That(row.Columns.Names, Is.EqualTo(new[] { "number", "word", "tag" }));
        Assert.That(row["word"], Is.EqualTo("""["Kim","is"]"""));
    }

    [Test]
    public void Words_without_tags_are_one_column()
    {
        DataRow row = Read("Kim\n\"is\"\n").Single();

        Assert.That(row.Columns.Names, Is.EqualTo(new[] { "tokens" }));
        Assert.That(row["tokens"], Is.EqualTo("""["Kim","\"is\""]"""));
    }

    [TestCase("Kim B-PER\nis\n", "inline, line 2: found 1 field; expected 2, as in the lines above: ")]
    [TestCase("Kim B-PER x\nis O\n", "inline, line 2: found 2 fields; expected 3, as in the lines above: ")]
    public void A_line_of_other_fields_is_refused(string text, string problem) =>
        Assert.That(() => Read(text), Throws.TypeOf<DataFileException>().With.Message.StartsWith(problem));

    private static DataRow[] Read(string text, params string[] columns) => [.. Tables.Read(
        text, DataFormat.Conll, new TableOptions { Columns = columns.Length == 0 ? null : columns })];
}
