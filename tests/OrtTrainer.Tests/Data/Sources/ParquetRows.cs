using Parquet;
using Parquet.Schema;

namespace OrtTrainer.Tests.Data.Sources;

/// <summary>
/// Writes Parquet files column by column, with the levels of definition and repetition that the format's
/// specification gives for their rows.
/// </summary>
internal static class ParquetRows
{
    /// <summary>Texts and whole numbers, so many in each group of rows.</summary>
    public static void WriteLabelled(
        string path, IReadOnlyList<(string Text, long Label)> rows, int perGroup = 2, string? features = null,
        CompressionMethod compression = CompressionMethod.Snappy)
    {
        DataField<string> text = new("text", false);
        DataField<long> label = new("label");
        Write(path, new ParquetSchema(text, label), features, compression, writer =>
        {
            foreach ((string Text, long Label)[] group in rows.Chunk(perGroup))
            {
                using ParquetRowGroupWriter columns = writer.CreateRowGroup();
                Put(columns, text, group.Select(row => row.Text.AsMemory()).ToArray(), null, null);
                Put<long>(columns, label, group.Select(row => row.Label).ToArray(), null, null);
            }
        });
    }

    /// <summary>
    /// Four rows with a column of every kind: texts, one of them null; numbers, one null; flags; and a list of texts
    /// that has two items, none, is null, and has one item that is null.
    /// </summary>
    public static void WriteKinds(string path)
    {
        DataField<string> text = new("text", true);
        DataField<int?> number = new("number");
        DataField<double> real = new("real");
        DataField<bool> flag = new("flag");
        DataField<string> token = new("element", true);
        ParquetSchema schema = new(text, number, real, flag, new ListField("tokens", token));
        Write(path, schema, null, CompressionMethod.Zstd, writer =>
        {
            using ParquetRowGroupWriter columns = writer.CreateRowGroup();
            Put<ReadOnlyMemory<char>>(columns, text, Texts("a", "b", "c"), new[] { 1, 0, 1, 1 }, null);
            Put<int>(columns, number, new[] { 1, -2, 3 }, new[] { 1, 1, 0, 1 }, null);
            Put<double>(columns, real, new[] { 0.5, 1e-7, -3, 1e300 }, null, null);
            Put<bool>(columns, flag, new[] { true, false, true, false }, null, null);

            // The list is optional, repeated within, and its items are optional: levels 1, 2 and 3.
            Put(columns, token, Texts("x", "ü\"1"), [3, 3, 1, 0, 2], [0, 1, 0, 0, 0]);
        });
    }

    /// <summary>Two questions as SQuAD is stored: answers are a structure of two lists, empty for the second.</summary>
    public static void WriteQuestions(string path)
    {
        DataField<string> question = new("question", false), context = new("context", false);
        DataField<string> answer = new("element", true);
        DataField<int> start = new("element");
        ParquetSchema schema = new(
            question, context,
            new StructField("answers", new ListField("text", answer), new ListField("answer_start", start)));
        Write(path, schema, null, CompressionMethod.Snappy, writer =>
        {
            using ParquetRowGroupWriter columns = writer.CreateRowGroup();
            Put<ReadOnlyMemory<char>>(columns, question, Texts("Who flew?", "Who swam?"), null, null);
            Put(columns, context, Texts("Ada Li flew to Rome.", "Ada Li flew to Rome."), null, null);
            Put<ReadOnlyMemory<char>>(columns, answer, Texts("Ada Li"), new[] { 4, 2 }, new[] { 0, 0 });
            Put<int>(columns, start, new[] { 0 }, new[] { 3, 2 }, new[] { 0, 0 });
        });
    }

    private static void Put<T>(
        ParquetRowGroupWriter columns, DataField field, T[] values, int[]? definition, int[]? repetition)
        where T : struct
    {
        // Columns that are neither optional nor repeated have no levels.
        Task written = definition is null
            ? columns.WriteAsync<T>(field, (ReadOnlyMemory<T>)values, null, null, default)
            : columns.WriteAllPartsAsync<T>(field, values, Levels(definition), Levels(repetition), default);
        written.Wait();
    }

    private static ReadOnlyMemory<int>? Levels(int[]? levels) => levels is null ? null : levels.AsMemory();

    private static ReadOnlyMemory<char>[] Texts(params string[] texts) => [.. texts.Select(text => text.AsMemory())];

    private static void Write(
        string path, ParquetSchema schema, string? features, CompressionMethod compression,
        Action<ParquetWriter> write)
    {
        using FileStream stream = File.Create(path);
        ParquetOptions options = new() { CompressionMethod = compression };
        ParquetWriter writer = ParquetWriter.CreateAsync(schema, stream, options).Result;
        if (features is not null)
        {
            writer.CustomMetadata = new Dictionary<string, string>
            {
                ["huggingface"] = $$$"""{"info": {"features": {{{features}}}}}""",
            };
        }

        write(writer);
        writer.DisposeAsync().AsTask().Wait();
    }
}
