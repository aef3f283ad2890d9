using OrtTrainer.Data;

namespace OrtTrainer.Tasks.CausalLanguageModel;

/// <summary>Reads prompts with their completions, and texts alone, a row each.</summary>
internal static class PromptRows
{
    /// <summary>The column of the prompt where none is named; where it is absent, rows are texts.</summary>
    public const string Prompt = "prompt";

    /// <summary>The column of the completion where none is named.</summary>
    public const string Completion = "completion";

    private const string Text = "text";

    /// <summary>Whether a row is a conversation: no prompt is named, and it has none, but messages.</summary>
    public static bool HoldsChat(DataRow row, ExampleColumns columns) =>
        columns.Text == Prompt && row.Columns.IndexOf(Prompt) < 0 && row.Columns.IndexOf(ChatRows.Messages) >= 0;

    /// <param name="row">The row.</param>
    /// <param name="columns">Where the texts stand.</param>
    /// <exception cref="DataFileException">A column is absent, or a text empty.</exception>
    public static Example Read(DataRow row, ExampleColumns columns)
    {
        bool isText = columns.Text == Prompt && row.Columns.IndexOf(Prompt) < 0 && row.Columns.IndexOf(Text) >= 0;
        string first = isText ? Text : columns.Text;
        string? second = isText ? null : columns.Pair;
        return new Example(
            NotEmpty(row, first), second is null ? null : NotEmpty(row, second), Label: null, row.Line);
    }

    private static string NotEmpty(DataRow row, string column) => row.Text(column) is var text && text.Trim() != ""
        ? text
        : throw new DataFileException(
            row.File, row.Line, $"'{column}' is empty; expected a text. Take the row out, or write the text.");
}
