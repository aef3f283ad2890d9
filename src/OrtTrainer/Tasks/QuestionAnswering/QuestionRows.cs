using System.Text.Json;
using OrtTrainer.Data;
using OrtTrainer.Text;

namespace OrtTrainer.Tasks.QuestionAnswering;

/// <summary>
/// Reads questions: a row each, with its answers as Hugging Face's datasets have them or in two columns, or a whole
/// file of SQuAD (Rajpurkar et al. 2016 and 2018) as one row.
/// </summary>
internal static class QuestionRows
{
    /// <summary>The column of the question where none is named.</summary>
    public const string Question = "question";

    /// <summary>The column of the context where none is named.</summary>
    public const string Context = "context";

    /// <summary>The column of the answers where none is named; of one answer's text, other names are looked for where
    /// it is absent.</summary>
    public const string Answers = "answers";

    private const string Start = "answer_start";
    private const string Id = "id";
    private const string Data = "data";
    private const int Shown = 60;

    private static readonly string[] OneAnswer = ["answer", "answer_text"];

    /// <exception cref="DataFileException">A column is absent, a field malformed, or an answer not in its
    /// context.</exception>
    public static IEnumerable<Example> Read(DataRow row, ExampleColumns columns) =>
        row.Columns.IndexOf(columns.Text) < 0 && row.Columns.IndexOf(Data) >= 0
            ? Articles(row, columns.Label is not null)
            : [Flat(row, columns)];

    private static QuestionExample Flat(DataRow row, ExampleColumns columns)
    {
        string id = row.Columns.IndexOf(Id) >= 0 ? row[Id] : "";
        IReadOnlyList<AcceptedAnswer>? answers = columns.Label is { } label ? AnswersOf(row, label) : null;
        return Build(row, id, row.Text(columns.Text), row.Text(columns.Pair ?? Context), answers);
    }

    private static IReadOnlyList<AcceptedAnswer> AnswersOf(DataRow row, string asked)
    {
        string column = asked != Answers || row.Columns.IndexOf(Answers) >= 0
            ? asked
            : OneAnswer.FirstOrDefault(name => row.Columns.IndexOf(name) >= 0) ?? asked;
        string field = row[column];
        if (row.KindOf(column) is FieldKind.List or FieldKind.Object
            || (column == Answers && field is ['[' or '{', ..]))
        {
            return Parsed(row, column, field);
        }

        if (field.Length == 0)
        {
            return [];
        }

        string start = row[Start];
        return int.TryParse(start, out int place)
            ? [new AcceptedAnswer(field, place)]
            : throw new DataFileException(row.File, row.Line, $"'{Start}' is '{Short(start)}'; expected the number of "
                + "characters of the context before the answer.");
    }

    private static IReadOnlyList<AcceptedAnswer> Parsed(DataRow row, string column, string field)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(field);
            return Parsed(document.RootElement);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException
            or KeyNotFoundException or FormatException)
        {
            throw new DataFileException(
                row.File, row.Line, $"'{column}' is '{Short(field)}'; expected the answers, such as "
                + """{"text": ["Paris"], "answer_start": [17]}, and empty lists for a question without one.""",
                malformed);
        }
    }

    // {"text": […], "answer_start": […]}, or a list of {"text": …, "answer_start": …}.
    private static AcceptedAnswer[] Parsed(JsonElement answers)
    {
        if (answers.ValueKind == JsonValueKind.Array)
        {
            return [.. answers.EnumerateArray().SelectMany(Parsed)];
        }

        (JsonElement text, JsonElement start) = (answers.GetProperty("text"), answers.GetProperty(Start));
        if (text.ValueKind != JsonValueKind.Array)
        {
            return [new AcceptedAnswer(TextOf(text), start.GetInt32())];
        }

        string[] texts = [.. text.EnumerateArray().Select(TextOf)];
        int[] starts = [.. start.EnumerateArray().Select(value => value.GetInt32())];
        return texts.Length == starts.Length
            ? [.. texts.Zip(starts, (some, place) => new AcceptedAnswer(some, place))]
            : throw new FormatException("There are not as many starts as texts.");
    }

    private static string TextOf(JsonElement text) =>
        text.GetString() ?? throw new FormatException("An answer's text is null.");

    private static List<Example> Articles(DataRow row, bool labeled)
    {
        List<Example> examples = [];
        string place = Data;
        try
        {
            using JsonDocument document = JsonDocument.Parse(row[Data]);
            foreach ((JsonElement article, int a) in document.RootElement.EnumerateArray().Select((e, i) => (e, i)))
            {
                place = $"data[{a}]";
                foreach ((JsonElement paragraph, int p) in
                    article.GetProperty("paragraphs").EnumerateArray().Select((e, i) => (e, i)))
                {
                    place = $"data[{a}].paragraphs[{p}]";
                    string context = TextOf(paragraph.GetProperty("context"));
                    foreach ((JsonElement question, int q) in
                        paragraph.GetProperty("qas").EnumerateArray().Select((e, i) => (e, i)))
                    {
                        place = $"data[{a}].paragraphs[{p}].qas[{q}]";
                        examples.Add(Of(row, context, question, labeled));
                    }
                }
            }
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException
            or KeyNotFoundException or FormatException)
        {
            throw new DataFileException(
                row.File, row.Line, $"{place} is not as in SQuAD's files: {malformed.Message} Expected data, and in it "
                + "paragraphs with a context and qas, each with a question, an id and answers.", malformed);
        }

        return examples;
    }

    private static QuestionExample Of(DataRow row, string context, JsonElement question, bool labeled)
    {
        string id = question.TryGetProperty(Id, out JsonElement named) ? named.ToString() : "";
        bool impossible = question.TryGetProperty("is_impossible", out JsonElement flag) && flag.GetBoolean();
        AcceptedAnswer[]? answers = labeled ? Parsed(question.GetProperty(Answers)) : null;
        return impossible && answers is { Length: > 0 }
            ? throw new DataFileException(row.File, row.Line, $"question {id} is_impossible, but has an answer, "
                + $"'{Short(answers[0].Text)}'. Take out one of both.")
            : Build(row, id, TextOf(question.GetProperty(Question)), context, answers);
    }

    private static QuestionExample Build(
        DataRow row, string id, string question, string context, IReadOnlyList<AcceptedAnswer>? answers)
    {
        string? name = id.Length > 0 ? id : null;
        if (answers is null or [])
        {
            return new QuestionExample(question, context, answers is null ? null : [], null, row.Line) { Id = name };
        }

        AcceptedAnswer first = answers[0];
        string which = name is null ? "" : $" of question {name}";
        if (answers.Any(answer => string.IsNullOrWhiteSpace(answer.Text)))
        {
            throw new DataFileException(
                row.File, row.Line, $"an answer{which} is empty; expected words of the context, and an empty list of "
                + "answers where it has none.");
        }

        TextRange place = AnswerPlace.Find(context, first)
            ?? throw new DataFileException(row.File, row.Line, $"the answer '{Short(first.Text)}'{which} is not in the "
                + $"context{OtherCase(context, first.Text)}; expected the very words of it. Correct the row or take it "
                + "out.");
        return new QuestionExample(question, context, [.. answers.Select(answer => answer.Text)], place, row.Line)
        {
            Id = name,
            Moved = Math.Abs(place.Start - first.Start),
        };
    }

    private static string OtherCase(string context, string answer) =>
        context.Contains(answer, StringComparison.OrdinalIgnoreCase) ? " but for its case" : "";

    private static string Short(string text) => text.Length > Shown ? text[..Shown] + "…" : text;
}
