using System.Text;
using OrtTrainer.Text.Templates.Values;

namespace OrtTrainer.Text.Templates;

/// <summary>The names that a part of a template sees, and where it writes.</summary>
internal sealed class Scope
{
    private readonly Dictionary<string, object?> _names = [];
    private readonly Scope? _outer;

    private Scope(Scope? outer, StringBuilder output, List<Range>? generated) =>
        (_outer, Output, Generated) = (outer, output, generated);

    /// <summary>The outermost.</summary>
    public static Scope Root() => new(null, new StringBuilder(), []);

    /// <summary>What has been written.</summary>
    public StringBuilder Output { get; }

    /// <summary>The ranges of the output, in UTF-16 units, that the model is to write; null where the output is
    /// only part of a value.</summary>
    public List<Range>? Generated { get; }

    /// <summary>One inside that writes to the same place.</summary>
    public Scope Inner() => new(this, Output, Generated);

    /// <summary>One inside whose output becomes a value.</summary>
    public Scope Captured() => new(this, new StringBuilder(), generated: null);

    /// <summary>What a name stands for.</summary>
    public object? this[string name]
    {
        get
        {
            for (Scope? scope = this; scope is not null; scope = scope._outer)
            {
                if (scope._names.TryGetValue(name, out object? value))
                {
                    return value;
                }
            }

            return new Undefined($"'{name}'");
        }

        set => _names[name] = value;
    }
}
