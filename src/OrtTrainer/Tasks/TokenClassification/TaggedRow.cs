using System.Text.Json;
using OrtTrainer.Data;

namespace OrtTrainer.Tasks.TokenClassification;

/// <summary>
/// Reads rows that hold an array of words and one of tags, a text with the places of its entities, or for prediction a
/// plain text.
/// </summary>
internal static class TaggedRow
{
    /// <summary>The column of the words where none is named.</summary>
    public const string Words = "tokens";

    /// <summary>The column of the tags where none is named; the other names that data sets give it are looked for
    /// where it is absent.</summary>
    public const string Tags = "tags";

    private const string PlainText = "text";

    private static readonly string[] OtherTags = ["labels", "ner_tags"];

    /// <exception cref="DataFileException">A column is absent, a field is no array of strings, the lengths differ, or
    /// a tag is malformed.</exception>
    public static Example Read(DataRow row, ExampleColumns columns)
    {
        if (columns.Pair is not null)
        {
            throw new DataFileException(
                row.File, row.Line, $"found a second text in column '{columns.Pair}'; tokens are classified in single "
                + "texts. Name no column of a pair.");
        }

        if (columns.Label is not { } label)
        {
            return Untagged(row, columns);
        }

        return TaggedOrAnnotated(row, columns, label) with { TagsEveryToken = columns.TagsEveryToken };
    }

    private static TaggedExample TaggedOrAnnotated(DataRow row, ExampleColumns columns, string label)
    {
        bool hasWords = row.Columns.IndexOf(columns.Text) >= 0 && row.KindOf(columns.Text) == FieldKind.List;
        return !hasWords && AnnotatedText.Is(row, label)
            ? AnnotatedText.Read(row, TextColumn(row, columns.Text), label)
            : Tagged(row, columns.Text, TagsColumn(row, label));
    }

    private static TaggedExample Tagged(DataRow row, string wordsColumn, string tagsColumn)
    {
        string[] words = WordsOf(row, wordsColumn);
        string[] tags = Strings(row, tagsColumn, "[\"B-ORG\", \"O\"]");
        if (tags.Length != words.Length)
        {
            throw new DataFileException(
                row.File, row.Line, $"found {words.Length} items in '{wordsColumn}' and {tags.Length} in "
                + $"'{tagsColumn}'; expected a tag per token.");
        }

        int malformed = Array.FindIndex(tags, tag => !Tag.CanBeRead(tag));
        return malformed < 0
            ? TaggedExample.Of(words, tags, row[tagsColumn], row.Line)
            : throw new DataFileException(
                row.File, row.Line, $"the token '{words[malformed]}' (number {malformed + 1} of the row) has the tag "
                + $"'{tags[malformed]}'; expected {Tag.Expected}.");
    }

    // Words where there is a list of them, else a text that the tokenizer splits.
    private static Example Untagged(DataRow row, ExampleColumns columns)
    {
        string column = TextColumn(row, columns.Text);
        return column == Words || row.KindOf(column) == FieldKind.List
            ? TaggedExample.Of(WordsOf(row, column), null, null, row.Line)
            : (columns with { Text = column }).Of(row);
    }

    // Nobody has to name the column of a text where words are looked for by default.
    private static string TextColumn(DataRow row, string asked) =>
        asked == Words && row.Columns.IndexOf(Words) < 0 && row.Columns.IndexOf(PlainText) >= 0 ? PlainText : asked;

    private static string TagsColumn(DataRow row, string asked) =>
        asked != Tags || row.Columns.IndexOf(Tags) >= 0 ? asked
        : OtherTags.FirstOrDefault(name => row.Columns.IndexOf(name) >= 0) ?? asked;

    private static string[] WordsOf(DataRow row, string column)
    {
        string[] words = Strings(row, column, "[\"EU\", \"rejects\"]");
        int empty = Array.FindIndex(words, string.IsNullOrWhiteSpace);
        return words.Length == 0
            ? throw new DataFileException(
                row.File, row.Line, $"'{column}' has no items; expected at least one token. Take the row out.")
            : empty >= 0
            ? throw new DataFileException(
                row.File, row.Line, $"item {empty + 1} of '{column}' is empty; expected a token. Take it out, and its "
                + "tag.")
            : words;
    }

    private static string[] Strings(DataRow row, string column, string example)
    {
        string field = row[column];
        try
        {
            return JsonSerializer.Deserialize<string?[]>(field)?.All(item => item is not null) == true
                ? JsonSerializer.Deserialize<string[]>(field)!
                : throw new JsonException("it holds null");
        }
        catch (JsonException malformed)
        {
            string found = field.Length > 60 ? field[..60] + "…" : field;
            throw new DataFileException(
                row.File, row.Line, $"'{column}' is '{found}'; expected an array of strings, such as {example}.",
                malformed);
        }
    }
}
