using Parquet.Meta;

namespace OrtTrainer.Formats;

/// <summary>What a node of a Parquet schema holds.</summary>
internal enum ParquetNodeKind
{
    /// <summary>A value of a column.</summary>
    Value,

    /// <summary>Named values, one per child.</summary>
    Struct,

    /// <summary>Items, which are the only child.</summary>
    List,
}

/// <summary>
/// A node of a Parquet schema with its levels: of repetition, how many lists a value lies in; of definition, how many
/// optional or repeated nodes on the way to it are there (Melnik et al. 2010, Dremel).
/// </summary>
internal sealed class ParquetNode
{
    private ParquetNode(string name, ParquetNodeKind kind) => (Name, Kind) = (name, kind);

    /// <summary>The name in the schema.</summary>
    public string Name { get; }

    /// <summary>What it holds.</summary>
    public ParquetNodeKind Kind { get; }

    /// <summary>The least level of definition at which it is not null.</summary>
    public int Defined { get; private init; }

    /// <summary>Of a list, the least level of definition at which it has an item.</summary>
    public int Filled { get; private init; }

    /// <summary>Of a list, the level of repetition of its further items.</summary>
    public int Repetition { get; private init; }

    /// <summary>The columns below it: the first one's number, and how many.</summary>
    public (int First, int Count) Columns { get; private init; }

    /// <summary>The fields of a structure, or the items of a list.</summary>
    public IReadOnlyList<ParquetNode> Children { get; private init; } = [];

    /// <summary>The top level of a schema, depth first as a file has it.</summary>
    public static IReadOnlyList<ParquetNode> Of(IReadOnlyList<SchemaElement> schema)
    {
        Reader reader = new(schema);
        return reader.Children(schema[0].NumChildren ?? 0, 0, 0);
    }

    private sealed class Reader(IReadOnlyList<SchemaElement> schema)
    {
        private int _next = 1;
        private int _column;

        public List<ParquetNode> Children(int count, int definition, int repetition)
        {
            List<ParquetNode> children = [];
            for (int child = 0; child < count; child++)
            {
                children.Add(Node(definition, repetition));
            }

            return children;
        }

        private ParquetNode Node(int definition, int repetition)
        {
            SchemaElement element = schema[_next];
            if (element.RepetitionType == FieldRepetitionType.REPEATED)
            {
                // A list without a group of its own, as old writers have it: null is not known, but empty is.
                int bare = _column;
                ParquetNode item = Body(schema[_next++], definition + 1, repetition + 1);
                return List(element.Name, definition, definition + 1, repetition + 1, bare, item);
            }

            int defined = definition + (element.RepetitionType == FieldRepetitionType.OPTIONAL ? 1 : 0);
            _next++;
            return Body(element, defined, repetition);
        }

        private ParquetNode Body(SchemaElement element, int defined, int repetition)
        {
            int first = _column;
            if ((element.NumChildren ?? 0) == 0)
            {
                _column++;
                return new(element.Name, ParquetNodeKind.Value) { Defined = defined, Columns = (first, 1) };
            }

            if (IsList(element) && schema[_next].RepetitionType == FieldRepetitionType.REPEATED)
            {
                SchemaElement repeated = schema[_next];
                bool isGroup = repeated.NumChildren == 1 && repeated.Name != "array"
                    && repeated.Name != element.Name + "_tuple";
                _next++;
                ParquetNode item = isGroup
                    ? Node(defined + 1, repetition + 1)
                    : Body(repeated, defined + 1, repetition + 1);
                return List(element.Name, defined, defined + 1, repetition + 1, first, item);
            }

            List<ParquetNode> children = Children(element.NumChildren!.Value, defined, repetition);
            return new(element.Name, ParquetNodeKind.Struct)
            {
                Defined = defined, Columns = (first, _column - first), Children = children,
            };
        }

        private ParquetNode List(
            string name, int defined, int filled, int repetition, int first, ParquetNode item) =>
            new(name, ParquetNodeKind.List)
            {
                Defined = defined, Filled = filled, Repetition = repetition, Columns = (first, _column - first),
                Children = [item],
            };

        private static bool IsList(SchemaElement element) =>
            element.NumChildren == 1
            && (element.ConvertedType == ConvertedType.LIST || element.LogicalType?.LIST is not null);
    }
}
