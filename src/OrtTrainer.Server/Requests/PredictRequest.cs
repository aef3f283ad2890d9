using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Tasks;

namespace OrtTrainer.Server.Requests;

/// <summary>What a body asks for: one input as an object, or several as <c>{"inputs": […]}</c>.</summary>
/// <param name="Examples">The inputs, one or more.</param>
/// <param name="IsList">Whether answers are wanted in a list.</param>
internal sealed record PredictRequest(IReadOnlyList<Example> Examples, bool IsList)
{
    /// <summary>The property of several inputs.</summary>
    public const string Inputs = "inputs";

    private const string Source = "request";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Reads a body.</summary>
    /// <param name="body">UTF-8 text.</param>
    /// <param name="task">Reads inputs as it does for a prediction.</param>
    /// <param name="options">Limits.</param>
    /// <exception cref="RefusedRequestException">It is not what the task reads, or beyond a limit.</exception>
    public static PredictRequest Parse(ReadOnlyMemory<byte> body, ModelTask task, ServingOptions options)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Parse(document.RootElement, new InputReader(task, options), options)
                : throw RefusedRequestException.Malformed(
                    $"The body is a JSON {Word(document.RootElement)}; expected an object.");
        }
        catch (JsonException malformed)
        {
            throw RefusedRequestException.Malformed($"The body is not JSON: {malformed.Message}");
        }
        catch (InvalidOperationException)
        {
            // What a reader of JSON says of an escaped half of a surrogate pair.
            throw RefusedRequestException.Malformed(
                "A string of the body holds half of a surrogate pair, which is no character. Complete the pair or " +
                "take it out.");
        }
    }

    private static PredictRequest Parse(JsonElement root, InputReader reader, ServingOptions options)
    {
        if (!root.TryGetProperty(Inputs, out JsonElement inputs))
        {
            return new([reader.Read(root, "", 1)], IsList: false);
        }

        if (root.GetPropertyCount() > 1 || inputs.ValueKind != JsonValueKind.Array || inputs.GetArrayLength() == 0)
        {
            throw RefusedRequestException.Malformed(
                $"'{Inputs}' stands beside other properties, is no list or is empty; expected a list of one or more " +
                "inputs alone.");
        }

        if (inputs.GetArrayLength() > options.MaxTexts)
        {
            throw new RefusedRequestException(413, "texts",
                $"'{Inputs}' has {inputs.GetArrayLength()} inputs; at most {options.MaxTexts} are taken at once.");
        }

        return new(
            [.. inputs.EnumerateArray().Select((input, i) => reader.Read(input, $"{Inputs}[{i}]: ", i + 1))],
            IsList: true);
    }

    private static string Word(JsonElement element) => element.ValueKind.ToString().ToLowerInvariant();

    /// <summary>Reads single inputs.</summary>
    private sealed class InputReader(ModelTask task, ServingOptions options)
    {
        private readonly string[] _known =
            [.. task.InputSchema!["properties"]!.AsObject().Select(property => property.Key)];

        private readonly string[] _required =
            [.. task.InputSchema!["required"]!.AsArray().Select(name => name!.GetValue<string>())];

        public Example Read(JsonElement input, string place, int number)
        {
            if (input.ValueKind == JsonValueKind.String && _known.Contains(Text))
            {
                string text = input.GetString()!;
                RequireShort(text.Length, place);
                return new Example(text);
            }

            if (input.ValueKind != JsonValueKind.Object)
            {
                throw RefusedRequestException.Malformed(
                    $"{place}found a JSON {Word(input)}; expected an object with {string.Join(", ", _known)}.");
            }

            DataRow row = JsonRecords.RowOf(input, Source, number);
            RequireKnown(row, place);
            RequireShort(row.Values.Sum(value => value.Length), place);
            try
            {
                return task.ReadExamples(row, ColumnsOf(row)).Single();
            }
            catch (DataFileException refused)
            {
                string prefix = $"{Source}, line {number}: ";
                throw RefusedRequestException.Malformed(
                    place + refused.Message.Replace(prefix, "", StringComparison.Ordinal));
            }
        }

        private const string Text = "text";
        private const string Pair = "pair";

        private ExampleColumns ColumnsOf(DataRow row) => new(
            task.DefaultColumns.Text,
            task.DefaultColumns.Pair ?? (row.Columns.IndexOf(Pair) >= 0 ? Pair : null));

        private void RequireKnown(DataRow row, string place)
        {
            if (row.Columns.Names.FirstOrDefault(name => !_known.Contains(name)) is { } unknown)
            {
                string meant = NearestName.Of(unknown, _known) is { } nearest ? $" Did you mean '{nearest}'?" : "";
                throw RefusedRequestException.Malformed(
                    $"{place}found the property '{Shown(unknown)}'; expected {string.Join(", ", _known)}.{meant}");
            }

            if (_required.FirstOrDefault(name => row.Columns.IndexOf(name) < 0) is { } missing)
            {
                throw RefusedRequestException.Malformed($"{place}the property '{missing}' is missing.");
            }

            if (row.Columns.Names.Count == 0)
            {
                throw RefusedRequestException.Malformed(
                    $"{place}found an empty object; expected {string.Join(", ", _known)}.");
            }
        }

        private void RequireShort(int characters, string place)
        {
            if (characters > options.MaxCharacters)
            {
                throw new RefusedRequestException(413, "characters",
                    $"{place}the input has {characters} characters; at most {options.MaxCharacters} are taken.");
            }
        }

        private static string Shown(string name) => name.Length > 60 ? name[..60] + "…" : name;
    }
}
