namespace OrtTrainer.Text.Templates.Values;

/// <summary>What <c>loop</c> stands for inside a loop.</summary>
/// <param name="items">All that is gone through.</param>
internal sealed class LoopState(IReadOnlyList<object?> items)
{
    /// <summary>The item it is at, counted from 0.</summary>
    public int Index { get; set; }

    /// <summary>A field; null where there is none of that name.</summary>
    public object? Field(string name) => name switch
    {
        "index" => Index + 1L,
        "index0" => (long)Index,
        "revindex" => (long)(items.Count - Index),
        "revindex0" => items.Count - Index - 1L,
        "first" => Index == 0,
        "last" => Index == items.Count - 1,
        "length" => (long)items.Count,
        // Only loops that call themselves go deeper, which there are none of.
        "depth" => 1L,
        "depth0" => 0L,
        "previtem" => Index > 0 ? items[Index - 1] : new Undefined("there is no previous item; 'loop.previtem'"),
        "nextitem" => Index < items.Count - 1
            ? items[Index + 1]
            : new Undefined("there is no next item; 'loop.nextitem'"),
        "cycle" => new Function(given => given.Positional.Count > 0
            ? given.Positional[Index % given.Positional.Count]
            : throw new TemplateException("there is nothing to cycle through.")),
        _ => null,
    };
}
