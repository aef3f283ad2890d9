namespace OrtTrainer.Checkpoints.PyTorch;

/// <summary>
/// The only names a pickle may use, and what calling each of them means. A pickle can name any Python function and
/// have it called on loading; here a name outside this list ends the reading.
/// </summary>
internal static class PickleGlobals
{
    private static readonly PickleGlobal OrderedDict = new("collections", "OrderedDict");
    private static readonly PickleGlobal RebuildTensor = new("torch._utils", "_rebuild_tensor");
    private static readonly PickleGlobal RebuildTensorV2 = new("torch._utils", "_rebuild_tensor_v2");
    private static readonly PickleGlobal RebuildParameter = new("torch._utils", "_rebuild_parameter");

    private static readonly Dictionary<PickleGlobal, ElementType> Storages = new()
    {
        [new("torch", "DoubleStorage")] = ElementType.Float64,
        [new("torch", "FloatStorage")] = ElementType.Float32,
        [new("torch", "HalfStorage")] = ElementType.Float16,
        [new("torch", "BFloat16Storage")] = ElementType.BFloat16,
        [new("torch", "LongStorage")] = ElementType.Int64,
        [new("torch", "IntStorage")] = ElementType.Int32,
        [new("torch", "ShortStorage")] = ElementType.Int16,
        [new("torch", "CharStorage")] = ElementType.Int8,
        [new("torch", "ByteStorage")] = ElementType.UInt8,
        [new("torch", "BoolStorage")] = ElementType.Bool,
    };

    private static readonly HashSet<PickleGlobal> Known =
        [OrderedDict, RebuildTensor, RebuildTensorV2, RebuildParameter, .. Storages.Keys];

    /// <exception cref="CheckpointException">The name is not needed for tensors.</exception>
    public static PickleGlobal Resolve(PickleInput input, string module, string name)
    {
        var global = new PickleGlobal(module, name);
        return Known.Contains(global)
            ? global
            : throw new CheckpointException(
                input.File.Path, input.Place, $"the Python name {CheckpointException.Quote(global.ToString())}",
                "only what tensors need (collections.OrderedDict, torch._utils._rebuild_*, torch.*Storage)",
                "Nothing was run. Loading this file in Python could run code: use a state_dict or safetensors file "
                    + "from a source you trust.");
    }

    /// <summary>What Python would get from <c>function(*arguments)</c>.</summary>
    public static object Call(PickleInput input, PickleGlobal function, object?[] arguments)
    {
        if (function == OrderedDict)
        {
            return MakeDictionary(input, arguments);
        }

        if ((function == RebuildTensor || function == RebuildTensorV2)
            && arguments is [StorageReference storage, long offset, object?[] shape, object?[] strides, ..])
        {
            return new TensorReference(storage, offset, ToNumbers(input, shape), ToNumbers(input, strides));
        }

        if (function == RebuildParameter && arguments is [TensorReference tensor, ..])
        {
            return tensor;
        }

        throw input.Bad(
            $"a call of {function} with other arguments than torch writes", "storage, offset, shape and strides");
    }

    /// <summary>The storage that a persistent id stands for: type, key, device and element count.</summary>
    public static StorageReference ToStorage(PickleInput input, object? id)
    {
        if (id is object?[] parts
            && parts is ["storage", PickleGlobal type, string key, _, long count and >= 0, .. var rest]
            && rest is [] or [null]
            && Storages.TryGetValue(type, out var elementType))
        {
            return new StorageReference(elementType, key, count);
        }

        // torch 0.3 and older wrote a sixth part for storages that are views of others.
        throw input.Bad("a persistent id of another kind", "(\"storage\", type, key, device, count)");
    }

    private static PickleDictionary MakeDictionary(PickleInput input, object?[] arguments)
    {
        // Python 2 pickles an OrderedDict as a call with a list of pairs; a list that refers to itself cannot be such.
        var dictionary = new PickleDictionary();
        foreach (var pair in arguments is [List<object?> pairs] ? pairs : [])
        {
            if (pair is not List<object?> { Count: 2 } items || items[0] is not string key)
            {
                throw input.Bad("an OrderedDict of other items", "pairs of name and value");
            }

            dictionary.Set(key, items[1]);
        }

        return dictionary;
    }

    private static long[] ToNumbers(PickleInput input, object?[] values)
    {
        var numbers = new long[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            numbers[i] = values[i] is long number and >= 0
                ? number
                : throw input.Bad("a shape or stride that is no number or negative", "whole numbers from 0");
        }

        return numbers;
    }
}
