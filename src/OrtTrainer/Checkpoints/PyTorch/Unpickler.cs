using System.Globalization;

namespace OrtTrainer.Checkpoints.PyTorch;

/// <summary>
/// Interprets the part of Python's pickle machine (protocols 0 to 5) that <c>torch.save</c> uses for tensors. Nothing
/// is ever executed: names outside <see cref="PickleGlobals"/> and opcodes that build other objects end the reading.
/// </summary>
internal sealed class Unpickler(PickleInput input)
{
    // About 30 opcodes a tensor: this is 30,000 tensors. Every object costs an opcode, so the limit also bounds memory.
    private const int MostOpcodes = 1_000_000;

    private readonly PickleStack _stack = new(input);
    private readonly Dictionary<long, object?> _memo = [];
    private readonly Dictionary<string, StorageReference> _storages = [];
    private int _budget = MostOpcodes;

    /// <summary>Every storage that the pickle referred to, by key.</summary>
    public IReadOnlyDictionary<string, StorageReference> Storages => _storages;

    /// <summary>
    /// Reads one pickle up to its STOP and returns its value: null, bool, long, double, string, byte[] (also integers
    /// beyond 64 bits, little-endian), object?[] (tuple), List (list), or a type of this folder.
    /// </summary>
    /// <exception cref="CheckpointException">Anything unknown, damaged or oversized.</exception>
    public object? Read()
    {
        while (true)
        {
            Spend(1);
            var opcode = (PickleOpcode)input.ReadByte();
            if (opcode == PickleOpcode.Stop)
            {
                return _stack.Pop();
            }

            if (!TryPushConstant(opcode) && !TryCollect(opcode) && !TryMemo(opcode))
            {
                Interpret(opcode);
            }
        }
    }

    private bool TryPushConstant(PickleOpcode opcode)
    {
        object? value;
        switch (opcode)
        {
            case PickleOpcode.None:
                value = null;
                break;
            case PickleOpcode.NewTrue or PickleOpcode.NewFalse:
                value = opcode == PickleOpcode.NewTrue;
                break;
            case PickleOpcode.BinInt:
                value = (long)input.ReadInt32();
                break;
            case PickleOpcode.BinInt1:
                value = (long)input.ReadByte();
                break;
            case PickleOpcode.BinInt2:
                value = (long)input.ReadUInt16();
                break;
            case PickleOpcode.Int or PickleOpcode.Long:
                value = ParseInteger(input.ReadLine());
                break;
            case PickleOpcode.Long1:
                value = ToInteger(input.ReadBytes(input.ReadByte()));
                break;
            case PickleOpcode.BinFloat:
                value = input.ReadFloat64BigEndian();
                break;
            case PickleOpcode.BinUnicode:
                value = input.ReadUtf8((uint)input.ReadInt32());
                break;
            case PickleOpcode.ShortBinUnicode:
                value = input.ReadUtf8(input.ReadByte());
                break;
            case PickleOpcode.BinString:
                value = input.ReadLatin1(input.ReadInt32());
                break;
            case PickleOpcode.ShortBinString:
                value = input.ReadLatin1(input.ReadByte());
                break;
            default:
                return false;
        }

        _stack.Push(value);
        return true;
    }

    private bool TryCollect(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Mark:
                _stack.Mark();
                break;
            case PickleOpcode.EmptyTuple:
                _stack.Push(Array.Empty<object?>());
                break;
            case PickleOpcode.Tuple1 or PickleOpcode.Tuple2 or PickleOpcode.Tuple3:
                _stack.Push(_stack.Pop(opcode - PickleOpcode.Tuple1 + 1));
                break;
            case PickleOpcode.Tuple:
                _stack.Push(_stack.PopToMark());
                break;
            case PickleOpcode.EmptyList:
                _stack.Push(new List<object?>());
                break;
            case PickleOpcode.Append:
                var item = _stack.Pop();
                _stack.Peek<List<object?>>().Add(item);
                break;
            case PickleOpcode.Appends:
                var items = _stack.PopToMark();
                _stack.Peek<List<object?>>().AddRange(items);
                break;
            case PickleOpcode.EmptyDict:
                _stack.Push(new PickleDictionary());
                break;
            case PickleOpcode.SetItem:
                SetItems(_stack.Pop(2));
                break;
            case PickleOpcode.SetItems:
                SetItems(_stack.PopToMark());
                break;
            default:
                return false;
        }

        return true;
    }

    private bool TryMemo(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.BinPut:
                _memo[input.ReadByte()] = _stack.Peek<object?>();
                break;
            case PickleOpcode.LongBinPut:
                _memo[(uint)input.ReadInt32()] = _stack.Peek<object?>();
                break;
            case PickleOpcode.Memoize:
                _memo[_memo.Count] = _stack.Peek<object?>();
                break;
            case PickleOpcode.BinGet:
                _stack.Push(Recall(input.ReadByte()));
                break;
            case PickleOpcode.LongBinGet:
                _stack.Push(Recall((uint)input.ReadInt32()));
                break;
            default:
                return false;
        }

        return true;
    }

    private void Interpret(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto:
                CheckProtocol(input.ReadByte());
                break;
            case PickleOpcode.Frame:
                // Frames only tell a reader how much to fetch at once.
                _ = input.ReadInt64();
                break;
            case PickleOpcode.Pop:
                _stack.Pop();
                break;
            case PickleOpcode.Global:
                _stack.Push(PickleGlobals.Resolve(input, input.ReadLine(), input.ReadLine()));
                break;
            case PickleOpcode.StackGlobal:
                var name = _stack.Pop<string>();
                _stack.Push(PickleGlobals.Resolve(input, _stack.Pop<string>(), name));
                break;
            case PickleOpcode.BinPersistentId:
                PushStorage(PickleGlobals.ToStorage(input, _stack.Pop()));
                break;
            case PickleOpcode.Reduce:
                var arguments = _stack.Pop<object?[]>();
                Spend(arguments.Sum(argument => argument is List<object?> list ? list.Count : 0));
                _stack.Push(PickleGlobals.Call(input, _stack.Pop<PickleGlobal>(), arguments));
                break;
            case PickleOpcode.Build:
                // A state_dict carries module versions as an attribute (_metadata), which tensors do not need.
                _ = _stack.Pop();
                _ = _stack.Peek<PickleDictionary>();
                break;
            default:
                throw input.Bad($"the opcode 0x{(byte)opcode:X2}", "an opcode that tensors need");
        }
    }

    private void PushStorage(StorageReference storage)
    {
        // Tensors that share memory refer to one storage; two different ones under one key would let a type be
        // reinterpreted.
        if (!_storages.TryAdd(storage.Key, storage) && _storages[storage.Key] != storage)
        {
            throw input.Bad($"storage {CheckpointException.Quote(storage.Key)} with two types or lengths", "one");
        }

        _stack.Push(storage);
    }

    private void SetItems(object?[] pairs)
    {
        var dictionary = _stack.Peek<PickleDictionary>();
        if (pairs.Length % 2 != 0)
        {
            throw input.Bad("a key without a value", "pairs");
        }

        for (var i = 0; i < pairs.Length; i += 2)
        {
            if (pairs[i] is not (string or long))
            {
                throw input.Bad("a dictionary key that is neither text nor number", "a name");
            }

            dictionary.Set(pairs[i]!, pairs[i + 1]);
        }
    }

    private object? Recall(long key) =>
        _memo.TryGetValue(key, out var value)
            ? value
            : throw input.Bad($"memo entry {key}", "one that was stored before");

    private void CheckProtocol(int protocol)
    {
        if (protocol > 5)
        {
            throw input.Bad($"pickle protocol {protocol}", "0 to 5");
        }
    }

    private void Spend(int work)
    {
        _budget -= work;
        if (_budget < 0)
        {
            throw input.Bad($"more than {MostOpcodes} opcodes", "a few dozen for each tensor");
        }
    }

    private object ParseInteger(string text)
    {
        // INT writes booleans as 00 and 01, LONG ends in L.
        var digits = text.EndsWith('L') ? text[..^1] : text;
        return text switch
        {
            "00" => false,
            "01" => true,
            _ when long.TryParse(
                digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) => value,
            _ => throw input.Bad($"the integer {CheckpointException.Quote(text)}", "64 bits"),
        };
    }

    private static object ToInteger(byte[] littleEndian)
    {
        if (littleEndian.Length > sizeof(long))
        {
            return littleEndian;
        }

        var value = 0L;
        for (var i = littleEndian.Length - 1; i >= 0; i--)
        {
            value = (value << 8) | littleEndian[i];
        }

        var unused = 64 - (8 * littleEndian.Length);
        return littleEndian.Length == 0 ? 0L : value << unused >> unused;
    }
}
