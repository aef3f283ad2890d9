using Apache.Arrow;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;

namespace OrtTrainer.Formats;

/// <summary>Reads Arrow's files and streams (IPC format), a batch of rows at a time.</summary>
internal static class ArrowTable
{
    /// <summary>Opens a file or a stream.</summary>
    /// <param name="stream">The content; a file can seek. It stays open for as long as rows are read.</param>
    /// <param name="isFile">Whether it is a file, not a stream.</param>
    /// <param name="cancellation">Ends the reading between two batches.</param>
    /// <exception cref="InvalidDataException">The content is damaged or of a kind that is not read.</exception>
    public static ColumnarTable Open(Stream stream, bool isFile, CancellationToken cancellation)
    {
        CompressionCodecFactory codecs = new();
        ArrowStreamReader reader = Guarded(() => isFile
            ? new ArrowFileReader(stream, null, codecs, true)
            : new ArrowStreamReader(stream, null, codecs, true));
        Schema schema = Guarded(() => reader.Schema)
            ?? throw new InvalidDataException("the Arrow file has no schema");
        return new ColumnarTable(
            [.. schema.FieldsList.Select(field => field.Name)],
            schema.HasMetadata ? schema.Metadata : new Dictionary<string, string>(),
            Rows(reader, cancellation));
    }

    private static IEnumerable<object?[]> Rows(ArrowStreamReader reader, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            using RecordBatch? batch = Guarded(reader.ReadNextRecordBatch);
            if (batch is null)
            {
                yield break;
            }

            for (int row = 0; row < batch.Length; row++)
            {
                object?[] values = new object?[batch.ColumnCount];
                for (int column = 0; column < values.Length; column++)
                {
                    values[column] = ArrowValues.Of(batch.Column(column), row);
                }

                yield return values;
            }
        }
    }

    // The library throws exceptions of many types at damaged files.
    private static T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception damaged) when (damaged is not OperationCanceledException and not OutOfMemoryException)
        {
            throw new InvalidDataException($"the Arrow file cannot be read: {damaged.Message}", damaged);
        }
    }
}
