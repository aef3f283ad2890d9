using Parquet;
using Parquet.Schema;

namespace OrtTrainer.Formats;

/// <summary>Reads Parquet files, a group of rows at a time.</summary>
internal static class ParquetTable
{
    /// <summary>Opens a file.</summary>
    /// <param name="stream">The file; it can seek, and stays open for as long as rows are read.</param>
    /// <param name="cancellation">Ends the reading between two groups of rows.</param>
    /// <exception cref="InvalidDataException">The file is damaged or of a kind that is not read.</exception>
    public static ColumnarTable Open(Stream stream, CancellationToken cancellation)
    {
        ParquetReader reader = Guarded(
            () => ParquetReader.CreateAsync(stream, null, true, cancellation).GetAwaiter().GetResult());
        IReadOnlyList<ParquetNode> nodes = ParquetNode.Of(reader.Metadata!.Schema);
        return new ColumnarTable(
            [.. nodes.Select(node => node.Name)], reader.CustomMetadata, Rows(reader, nodes, cancellation));
    }

    private static IEnumerable<object?[]> Rows(
        ParquetReader reader, IReadOnlyList<ParquetNode> nodes, CancellationToken cancellation)
    {
        DataField[] fields = reader.Schema.GetDataFields();
        for (int number = 0; number < reader.RowGroupCount; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            int group = number;
            (ParquetColumn[] columns, long rows) = Guarded(
                () => ColumnsAsync(reader, group, fields, cancellation).GetAwaiter().GetResult());
            for (long row = 0; row < rows; row++)
            {
                object?[] values = new object?[nodes.Count];
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = Guarded(() => Assemble(nodes[i], columns));
                }

                yield return values;
            }
        }
    }

    private static async Task<(ParquetColumn[] Columns, long Rows)> ColumnsAsync(
        ParquetReader reader, int number, DataField[] fields, CancellationToken cancellation)
    {
        using ParquetRowGroupReader group = reader.OpenRowGroupReader(number);
        ParquetColumn[] columns = new ParquetColumn[fields.Length];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = await ParquetColumn.ReadAsync(group, fields[i], cancellation);
        }

        return (columns, group.RowCount);
    }

    /// <summary>The next value of a node, put together from the columns below it.</summary>
    private static object? Assemble(ParquetNode node, ParquetColumn[] columns)
    {
        ParquetColumn first = columns[node.Columns.First];
        if (node.Kind == ParquetNodeKind.Value)
        {
            return first.Take();
        }

        if (first.Definition < node.Defined)
        {
            Skip(node, columns);
            return null;
        }

        if (node.Kind == ParquetNodeKind.Struct)
        {
            Dictionary<string, object?> fields = new(node.Children.Count);
            foreach (ParquetNode child in node.Children)
            {
                fields[child.Name] = Assemble(child, columns);
            }

            return fields;
        }

        List<object?> items = [];
        if (first.Definition < node.Filled)
        {
            Skip(node, columns);
            return items;
        }

        do
        {
            items.Add(Assemble(node.Children[0], columns));
        }
        while (!first.IsAtEnd && first.Repetition == node.Repetition);
        return items;
    }

    private static void Skip(ParquetNode node, ParquetColumn[] columns)
    {
        for (int i = 0; i < node.Columns.Count; i++)
        {
            _ = columns[node.Columns.First + i].Take();
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
            throw new InvalidDataException($"the Parquet file cannot be read: {damaged.Message}", damaged);
        }
    }
}
