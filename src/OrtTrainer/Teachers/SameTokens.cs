using OrtTrainer.Common;
using OrtTrainer.Text;

namespace OrtTrainer.Teachers;

/// <summary>Checks that a teacher has its student's vocabulary, so that it can read the student's ids.</summary>
internal static class SameTokens
{
    /// <param name="folder">The teacher's folder, for messages.</param>
    /// <param name="teacher">The teacher's tokenizer.</param>
    /// <param name="student">The student's.</param>
    /// <exception cref="RunException">A token has another id, or one has more tokens; it says which.</exception>
    public static void Require(string folder, Tokenizer teacher, Tokenizer student)
    {
        for (int id = 0; id < Math.Max(teacher.VocabularySize, student.VocabularySize); id++)
        {
            (string? own, string? other) = (teacher.IdToToken(id), student.IdToToken(id));
            if (own != other)
            {
                throw Different(folder, $"the token of id {id} is {Quoted(own)}; the student's is {Quoted(other)}");
            }
        }

        if (teacher.MaskId != student.MaskId)
        {
            throw Different(folder, $"the mask has the id {teacher.MaskId?.ToString() ?? "of none"}; the student's " +
                $"has {student.MaskId}");
        }
    }

    private static string Quoted(string? token) => token is null ? "not there" : $"'{token}'";

    private static RunException Different(string folder, string difference) => new(
        $"{folder}: the teacher has another vocabulary: {difference}. It runs on the student's tokens and " +
        "answers for each token of the vocabulary: choose a teacher with the same tokens and ids.");
}
