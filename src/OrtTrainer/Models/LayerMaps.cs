namespace OrtTrainer.Models;

/// <summary>
/// The trainable linear maps that make states of a student's layers comparable with those of a teacher's: two for every
/// layer of the student but the last.
/// </summary>
/// <param name="TeacherWidth">Values per state of the teacher.</param>
/// <param name="Width">Values that both are mapped to.</param>
public sealed record LayerMaps(int TeacherWidth, int Width)
{
    /// <summary>The name of the map [Width, student's width] of a layer, counted from 0.</summary>
    public static string Student(int layer) => $"rail.student.{layer}";

    /// <summary>The name of the map [Width, TeacherWidth] of what that layer is compared with.</summary>
    public static string Teacher(int layer) => $"rail.teacher.{layer}";
}
