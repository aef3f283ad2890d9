using System.Text.Json.Serialization;
using OrtTrainer.Graph;
using OrtTrainer.Teachers;

namespace OrtTrainer.Runs;

public abstract partial record RunEvent
{
    /// <summary>The run is about to start: what is known of it before its first step.</summary>
    /// <param name="Model">The folder of the pre-trained model.</param>
    /// <param name="Architecture">Its model type.</param>
    /// <param name="Parameters">Numbers that the model is made of.</param>
    /// <param name="Initialized">Parameters that start at random, by name.</param>
    /// <param name="TrainExamples">Examples to learn from.</param>
    /// <param name="EvalExamples">Examples to evaluate on.</param>
    /// <param name="EvalOrigin">Where they come from.</param>
    /// <param name="TestExamples">Examples to test on, 0 for none.</param>
    /// <param name="TrainTokens">Tokens of the training data, after truncation.</param>
    /// <param name="Outputs">The head's width.</param>
    /// <param name="StepsPerEpoch">Optimizer steps per epoch.</param>
    /// <param name="TotalSteps">Optimizer steps in all.</param>
    /// <param name="StartStep">Steps done already, by the run that is resumed.</param>
    /// <param name="Device">Where it runs.</param>
    /// <param name="Threads">Threads.</param>
    /// <param name="Kernels">Whether C# kernels run the fused operators.</param>
    /// <param name="MemoryEstimate">Bytes at the peak, estimated.</param>
    /// <param name="Warnings">What the data report and loading found that deserves attention.</param>
    public sealed record Started(
        string Model, string Architecture, long Parameters, IReadOnlyList<string> Initialized, int TrainExamples,
        int EvalExamples, string EvalOrigin, int TestExamples, long TrainTokens, int Outputs, long StepsPerEpoch,
        long TotalSteps, long StartStep, string Device, int Threads, bool Kernels, long MemoryEstimate,
        IReadOnlyList<string> Warnings) : RunEvent
    {
        /// <summary>What the look of the data's files decided, such as a delimiter, and which labels are
        /// taken.</summary>
        public IReadOnlyList<string> Notes { get; init; } = [];

        /// <summary>What the operands of products are rounded to.</summary>
        public Precision Precision { get; init; }

        /// <summary>How many numbers are trained, where adapters are trained in place of the model; else
        /// null.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public long? TrainedParameters { get; init; }

        /// <summary>How many layers are trained from which step on, in words; null where the same is trained from first
        /// to last.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Stages { get; init; }

        /// <summary>What takes the steps, where it is not this program; else null.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Engine { get; init; }

        /// <summary>The ranks that share the run, of which each has <see cref="Threads"/>; null where one process has
        /// it to itself.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public int? Ranks { get; init; }

        /// <summary>Shapes that passes are filled up to, to be played back as CUDA graphs; null where they are
        /// not.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public int? Buckets { get; init; }

        /// <summary>The padding that fills them up, in per cent of all tokens that are computed; null without
        /// them.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public double? BucketPadding { get; init; }

        /// <summary>The loss of the task in words, where it has several; null where it goes without saying.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Loss { get; init; }

        /// <summary>The name of the metric that decides.</summary>
        [JsonIgnore]
        internal string? Metric { get; init; }

        /// <summary>Evaluations of the run that is resumed, in order.</summary>
        [JsonIgnore]
        internal IReadOnlyList<EvaluationPoint> Past { get; init; } = [];

        /// <summary>The teacher, how good it is and what it took; null without one.</summary>
        [JsonInclude]
        internal TeacherReport? Teacher { get; init; }
    }
}
