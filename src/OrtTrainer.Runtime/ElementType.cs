namespace OrtTrainer.Runtime;

/// <summary>The element type of a tensor; values are those of ONNX (<c>TensorProto.DataType</c>).</summary>
public enum ElementType
{
    /// <summary>Not a tensor, or of a type without a number in ONNX.</summary>
    Undefined = 0,
    Float32 = 1,
    UInt8 = 2,
    Int8 = 3,
    UInt16 = 4,
    Int16 = 5,
    Int32 = 6,
    Int64 = 7,
    String = 8,
    Boolean = 9,
    Float16 = 10,
    Float64 = 11,
    UInt32 = 12,
    UInt64 = 13,
    BFloat16 = 16,
}
