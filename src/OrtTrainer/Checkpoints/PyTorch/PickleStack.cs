namespace OrtTrainer.Checkpoints.PyTorch;

/// <summary>
/// The pickle machine's stack with its marks; an operand that is missing or of another kind is damage.
/// </summary>
internal sealed class PickleStack(PickleInput input)
{
    private readonly List<object?> _values = [];
    private readonly Stack<int> _marks = [];

    public void Push(object? value) => _values.Add(value);

    public void Mark() => _marks.Push(_values.Count);

    public object? Pop() => Pop(1)[0];

    public T Pop<T>() => Cast<T>(Pop());

    /// <summary>The uppermost values, the lowest of them first; never reaches below a mark.</summary>
    public object?[] Pop(int count)
    {
        Need(count);
        var values = _values.GetRange(_values.Count - count, count).ToArray();
        _values.RemoveRange(_values.Count - count, count);
        return values;
    }

    public object?[] PopToMark()
    {
        if (!_marks.TryPop(out var mark))
        {
            throw input.Bad("an opcode that needs a mark without one", "a mark");
        }

        return Pop(_values.Count - mark);
    }

    public T Peek<T>()
    {
        Need(1);
        return Cast<T>(_values[^1]);
    }

    private void Need(int count)
    {
        var bottom = _marks.TryPeek(out var mark) ? mark : 0;
        if (_values.Count - bottom < count)
        {
            throw input.Bad("an opcode without its operands", $"{count} on the stack");
        }
    }

    private T Cast<T>(object? value)
    {
        // object? itself is asked for where any value will do, null included.
        if (value is T typed)
        {
            return typed;
        }

        return value is null && typeof(T) == typeof(object)
            ? default!
            : throw input.Bad($"an operand of type {value?.GetType().Name ?? "None"}", typeof(T).Name);
    }
}
