namespace OrtTrainer.Text.Models;

/// <summary>A trie over UTF-8 bytes with a value at some of its nodes.</summary>
internal sealed class Utf8Trie
{
    /// <summary>The node of the empty prefix.</summary>
    public const int Root = 0;

    // Most nodes have one child: a list of (node, byte) edges in one hash table is smaller than a table per node.
    private readonly Dictionary<int, int> _edges = [];
    private readonly List<int> _values = [-1];
    private readonly int[] _fromRoot = new int[256];

    /// <summary>An empty trie.</summary>
    public Utf8Trie() => Array.Fill(_fromRoot, -1);

    /// <summary>Puts a value, 0 or more, at a key of one byte or more.</summary>
    public void Add(ReadOnlySpan<byte> key, int value)
    {
        int node = Root;
        foreach (byte part in key)
        {
            int next = Step(node, part);
            if (next < 0)
            {
                next = _values.Count;
                _values.Add(-1);
                if (node == Root)
                {
                    _fromRoot[part] = next;
                }
                else
                {
                    _edges[Edge(node, part)] = next;
                }
            }

            node = next;
        }

        _values[node] = value;
    }

    /// <summary>The child of a node by a byte, or -1.</summary>
    public int Step(int node, byte part) =>
        node == Root ? _fromRoot[part] : _edges.TryGetValue(Edge(node, part), out int next) ? next : -1;

    /// <summary>The value at a node, or -1.</summary>
    public int Value(int node) => _values[node];

    private static int Edge(int node, byte part) => (node << 8) | part;
}
