using System.Globalization;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;

namespace OrtTrainer.Teachers;

/// <summary>Finds, by name, which output of a teacher belongs to each label of a student.</summary>
internal static class LabelOrder
{
    private const int MostShown = 20;

    /// <summary>
    /// For every label of the student, in its order, the output of the teacher. Names must be equal letter by letter.
    /// A teacher that was never told names has LABEL_0, LABEL_1 …, which say nothing: they are taken only where the
    /// student's labels are the numbers 0, 1 … (or those very names), for then both count alike.
    /// </summary>
    /// <param name="source">Where the teacher's labels stand, for messages.</param>
    /// <param name="teacher">The names of its outputs.</param>
    /// <param name="student">The student's labels.</param>
    /// <exception cref="RunException">Labels differ in number or name, or are default names.</exception>
    public static int[] Match(string source, IReadOnlyList<string> teacher, LabelMap student)
    {
        string both = $"{source}: the teacher's {teacher.Count} labels are {Listed(teacher)}; the student's " +
            $"{student.Count} are {Listed(student.Names)}";
        if (teacher.Count != student.Count)
        {
            throw new RunException($"{both}. Their numbers differ: choose a teacher that was trained on the same " +
                "labels.");
        }

        if (teacher.Distinct(StringComparer.Ordinal).Count() < teacher.Count)
        {
            throw new RunException($"{both}. The teacher has a name twice: correct id2label.");
        }

        int[] order = [.. student.Names.Select(name => IndexOf(teacher, name))];
        if (!order.Contains(-1))
        {
            return order;
        }

        if (!ModelConfig.AreDefaults(teacher))
        {
            throw new RunException(
                $"{both}. Only the teacher has {Listed(teacher.Except(student.Names))}; only the student has " +
                $"{Listed(student.Names.Except(teacher))}. Give the same things the same names in the teacher's " +
                "files (id2label of config.json) and in the data, or choose another teacher.");
        }

        return student.Names.Select((name, id) => name == id.ToString(CultureInfo.InvariantCulture)).All(same => same)
            ? [.. Enumerable.Range(0, student.Count)]
            : throw new RunException($"{both}. Default names do not tell which output means what: write the " +
                "labels, in the order of the teacher's outputs, into id2label.");
    }

    /// <summary>Rows of K values in the teacher's order, put into the student's.</summary>
    public static float[] Reorder(float[] values, int[] order)
    {
        float[] ordered = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int k = i % order.Length;
            ordered[i] = values[i - k + order[k]];
        }

        return ordered;
    }

    private static int IndexOf(IReadOnlyList<string> names, string name)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i] == name)
            {
                return i;
            }
        }

        return -1;
    }

    private static string Listed(IEnumerable<string> names)
    {
        string[] all = [.. names];
        string more = all.Length > MostShown ? $" and {all.Length - MostShown} more" : "";
        return all.Length == 0 ? "none" : string.Join(", ", all.Take(MostShown)) + more;
    }
}
