using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;

namespace OrtTrainer.Tests.Data.Sources;

/// <summary>Writes Arrow files and streams as Hugging Face's datasets have them.</summary>
internal static class ArrowFiles
{
    /// <summary>Texts and numbers of labels in a stream, as save_to_disk writes it, a batch per list of rows.</summary>
    public static void WriteStream(string path, params (string Text, long Label)[][] batches)
    {
        Schema schema = Labelled();
        using FileStream stream = File.Create(path);
        using ArrowStreamWriter writer = new(stream, schema);
        System.Array.ForEach(batches, rows => writer.WriteRecordBatch(Batch(schema, rows)));
        writer.WriteEnd();
    }

    /// <summary>The same in Arrow's format of files.</summary>
    public static void WriteFile(
        string path, (string Text, long Label)[] rows, CompressionCodecType? compression = null)
    {
        Schema schema = Labelled();
        using FileStream stream = File.Create(path);
        IpcOptions options = compression is null ? new() : new()
        {
            CompressionCodec = compression,
            CompressionCodecFactory = new Apache.Arrow.Compression.CompressionCodecFactory(),
        };
        using ArrowFileWriter writer = new(stream, schema, leaveOpen: false, options);
        writer.WriteRecordBatch(Batch(schema, rows));
        writer.WriteEnd();
    }

    /// <summary>Words with numbers of tags in lists, one of them empty.</summary>
    public static void WriteTagged(string path, params (string[] Tokens, long[] Tags)[] rows)
    {
        ListArray.Builder tokens = new(StringType.Default), tags = new(Int64Type.Default);
        foreach ((string[] words, long[] numbers) in rows)
        {
            tokens.Append();
            ((StringArray.Builder)tokens.ValueBuilder).AppendRange(words);
            tags.Append();
            ((Int64Array.Builder)tags.ValueBuilder).AppendRange(numbers);
        }

        Schema schema = new([
            new Field("tokens", new ListType(StringType.Default), true),
            new Field("ner_tags", new ListType(Int64Type.Default), true)], null);
        using FileStream stream = File.Create(path);
        using ArrowStreamWriter writer = new(stream, schema);
        writer.WriteRecordBatch(new RecordBatch(schema, [tokens.Build(), tags.Build()], rows.Length));
        writer.WriteEnd();
    }

    private static Schema Labelled() => new(
        [new Field("text", StringType.Default, true), new Field("label", Int64Type.Default, true)], null);

    private static RecordBatch Batch(Schema schema, (string Text, long Label)[] rows) => new(
        schema,
        [
            new StringArray.Builder().AppendRange(rows.Select(row => row.Text)).Build(),
            new Int64Array.Builder().AppendRange(rows.Select(row => row.Label)).Build(),
        ],
        rows.Length);
}
