namespace OrtTrainer.Data;

/// <summary>A line that has too few or too many fields, as messages tell of it.</summary>
internal static class FieldCount
{
    /// <summary>The beginning of the message, without an end.</summary>
    /// <param name="found">The fields of the line.</param>
    /// <param name="expected">The fields that lines have.</param>
    public static string Mismatch(int found, int expected) => found == 1
        ? $"found 1 field; expected {expected}"
        : $"found {found} fields; expected {expected}";
}
