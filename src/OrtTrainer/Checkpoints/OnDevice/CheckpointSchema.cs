namespace OrtTrainer.Checkpoints.OnDevice;

/// <summary>
/// The fields of the tables in ONNX Runtime's schema of checkpoints (<c>ort_training_checkpoint.fbs</c>, and the tensor
/// of <c>ort.fbs</c>), by their numbers.
/// </summary>
internal static class CheckpointSchema
{
    /// <summary>The file identifier, at byte 4.</summary>
    public const string Identifier = "ODTC";

    /// <summary>The only version that ONNX Runtime takes.</summary>
    public const int Version = 2;

    /// <summary>What follows a checkpoint's path in that of the file with its external data.</summary>
    public const string DataSuffix = ".data";

    /// <summary>The root.</summary>
    public static class Root
    {
        public const int Fields = 4;
        public const int VersionNumber = 0;
        public const int Module = 1;
        public const int OptimizerGroups = 2;
        public const int Properties = 3;
    }

    /// <summary>The parameters.</summary>
    public static class Module
    {
        public const int Fields = 4;
        public const int Trainable = 0;
        public const int Frozen = 1;
        public const int IsNominal = 2;
        public const int HasExternalData = 3;
    }

    /// <summary>An optimizer.</summary>
    public static class Group
    {
        public const int Fields = 4;
        public const int Name = 0;
        public const int Step = 1;
        public const int InitialLearningRate = 2;
        public const int States = 3;
    }

    /// <summary>What an optimizer keeps of a parameter.</summary>
    public static class State
    {
        public const int Fields = 2;
        public const int Parameter = 0;
        public const int Moments = 1;
    }

    /// <summary>The lists of properties.</summary>
    public static class Bag
    {
        public const int Fields = 3;
        public const int Integers = 0;
        public const int Floats = 1;
        public const int Strings = 2;
    }

    /// <summary>A property, whatever its type.</summary>
    public static class Property
    {
        public const int Fields = 2;
        public const int Name = 0;
        public const int Value = 1;
    }

    /// <summary>A tensor.</summary>
    public static class Tensor
    {
        public const int Fields = 7;
        public const int Name = 0;
        public const int Documentation = 1;
        public const int Dimensions = 2;
        public const int DataType = 3;
        public const int RawData = 4;
        public const int StringData = 5;
        public const int ExternalOffset = 6;

        /// <summary>The offset of a tensor whose data are in the file itself.</summary>
        public const long Inline = -1;
    }

    // As ONNX numbers them, those that ONNX Runtime loads from a checkpoint.
    private static readonly (int Number, ElementType Type)[] ElementNumbers =
    [
        (1, ElementType.Float32), (2, ElementType.UInt8), (3, ElementType.Int8), (4, ElementType.UInt16),
        (5, ElementType.Int16), (6, ElementType.Int32), (7, ElementType.Int64), (9, ElementType.Bool),
        (11, ElementType.Float64), (12, ElementType.UInt32), (13, ElementType.UInt64),
    ];

    /// <summary>The element types that there are numbers for, in words.</summary>
    public static string KnownTypes { get; } =
        string.Join(", ", ElementNumbers.Select(known => FormattableString.Invariant(
            $"{known.Number} ({known.Type})")));

    /// <summary>The number of an element type; null where a checkpoint cannot have it.</summary>
    public static int? NumberOf(ElementType type) =>
        ElementNumbers.Where(known => known.Type == type).Select(known => (int?)known.Number).FirstOrDefault();

    /// <summary>The element type of a number; null where there is none.</summary>
    public static ElementType? TypeOf(int number) =>
        ElementNumbers.Where(known => known.Number == number).Select(known => (ElementType?)known.Type)
            .FirstOrDefault();
}
