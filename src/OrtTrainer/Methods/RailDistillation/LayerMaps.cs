namespace OrtTrainer.Methods;

/// <summary>
/// The trainable linear maps that make states of a student's layers comparable with those of a teacher's: two for every
/// layer of the student but the last.
/// </summary>
internal static class LayerMaps
{
    /// <summary>The name of the map [width, student's width] of a layer, counted from 0.</summary>
    public static string Student(int layer) => $"rail.student.{layer}";

    /// <summary>The name of the map [width, teacher's width] of what that layer is compared with.</summary>
    public static string Teacher(int layer) => $"rail.teacher.{layer}";
}
