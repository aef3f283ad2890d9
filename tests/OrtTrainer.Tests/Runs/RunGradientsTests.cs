using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cpu.Updates;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Tasks;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Runs;

/// <summary>What a run's options make of its gradients, and which parameters they treat how.</summary>
public sealed class RunGradientsTests
{
    private static readonly FineTuneOptions Plain = new()
    {
        Model = "m", Output = "o", Data = new DataOptions { Train = "t.tsv" }, Method = FineTuneMethod.FineTune,
    };

    private TemporaryFolder _folder = null!;
    private PretrainedModel _model = null!;
    private ParameterLayout _layout = null!;
    private WeightUpdates _updates = null!;
    private TrainingState _state = null!;

    [SetUp]
    public void MakeModel()
    {
        _folder = new TemporaryFolder();
        TinyBert.Write(_folder.Path, [.. Enumerable.Range(0, 20).Select(i => $"word{i}")]);
        _model = PretrainedModel.Open(_folder.Path);
        _layout = PackedGraph.Evaluation(_model.Architecture, new SequenceHead(3)).Layout;
        _updates = Device.Default.CreateUpdates(threads: 1);
        _state = new TrainingState(_layout.Weights, new AdamWOptions(), average: null, _updates);
        _model.Load(_layout, _state.Parameters, seed: 1);
    }

    [TearDown]
    public void RemoveModel()
    {
        _state.Dispose();
        _updates.Dispose();
        _model.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void A_plain_run_takes_the_gradients_of_its_batches_themselves()
    {
        using Batches batches = new(_state);

        Assert.That(Source(Plain, batches), Is.SameAs(batches));
    }

    [TestCase("sam", 2)]
    [TestCase("asam+swa", 2)]
    [TestCase("lookahead", 1)]
    public void Sharpness_costs_a_second_pass(string method, int passes)
    {
        Batches batches = new(_state);
        using IGradientSource source = Source(Plain with { Method = FineTuneMethod.Parse(method) }, batches);

        source.Run([], [], step: 0);

        Assert.That(batches.Seen, Has.Count.EqualTo(passes));
        Assert.That(batches.Seen.Distinct(new SameValues()).Count(), Is.EqualTo(passes));
    }

    [Test]
    public void Mixout_touches_the_matrices_of_the_encoder_s_layers_alone()
    {
        float[] first = _state.Parameters.Span.ToArray();
        Batches batches = new(_state);
        using IGradientSource source = Source(Plain with { Mixout = 0.5 }, batches);
        foreach (WeightSegment segment in _state.Layout.Segments)
        {
            foreach (ref float weight in _state.Parameters.Slice(segment.Offset, segment.Length))
            {
                weight += 0.5f;
            }
        }

        float[] live = _state.Parameters.Span.ToArray();
        source.Run([], [], step: 0);

        float[] mixed = batches.Seen.Single();
        foreach (ParameterSpec parameter in _layout.Parameters)
        {
            bool isMatrix = parameter.Name.StartsWith("bert.encoder.layer.", StringComparison.Ordinal)
                && parameter.Name.EndsWith(".weight", StringComparison.Ordinal)
                && !parameter.Name.Contains("LayerNorm", StringComparison.Ordinal);
            int offset = (int)_layout.OffsetOf(parameter);
            int reset = Enumerable.Range(offset, (int)parameter.Length).Count(i => mixed[i] == first[i]);
            int kept = Enumerable.Range(offset, (int)parameter.Length).Count(i => mixed[i] == live[i]);
            double share = (double)reset / parameter.Length;
            Assert.That(share, Is.EqualTo(isMatrix ? 0.5 : 0).Within(isMatrix ? 0.2 : 0), parameter.Name);
            Assert.That(kept, Is.EqualTo(isMatrix ? 0 : parameter.Length), parameter.Name);
        }
    }

    [Test]
    public void Rates_follow_the_depth_of_every_parameter()
    {
        Func<ParameterView, double> rates = RunParts.RateFactors(Plain with { LayerDecay = 0.5 }, _model)!;

        foreach (ParameterView view in _layout.Views)
        {
            string name = view.Parts[0].Name;
            double expected = name switch
            {
                _ when name.StartsWith("bert.embeddings.", StringComparison.Ordinal) => 0.125,
                _ when name.StartsWith("bert.encoder.layer.0.", StringComparison.Ordinal) => 0.25,
                _ when name.StartsWith("bert.encoder.layer.1.", StringComparison.Ordinal) => 0.5,
                _ => 1,
            };
            Assert.That(rates(view), Is.EqualTo(expected), name);
        }

        Assert.That(_layout.WithRates(rates).Groups.Select(g => g.RateScale).Distinct(),
            Is.EquivalentTo(new[] { 1, 0.5, 0.25, 0.125 }));
        Assert.That(RunParts.RateFactors(Plain, _model), Is.Null);
    }

    [TestCase("swa", 1)]
    [TestCase("ema", 1)]
    [TestCase("lawa", 4)]
    [TestCase("swag", 2)]
    [TestCase("lookahead", 1)]
    [TestCase("sam", 1)]
    [TestCase("asam+lawa", 5)]
    public void Memory_counts_what_a_method_keeps(string method, int buffers)
    {
        using TinyTask tiny = new();
        FineTuneOptions options = tiny.Options("out");
        FineTuneMethod parts = FineTuneMethod.Parse(method);
        long plain = Memory(options with { Method = FineTuneMethod.FineTune }, out long length);

        Assert.That(
            Memory(options with { Method = parts.Set(new Lawa { Window = 3 }) ?? parts }, out _) - plain,
            Is.EqualTo(4 * buffers * length));
        Assert.That(Memory(options with { Method = FineTuneMethod.FineTune, Mixout = 0.1 }, out _) - plain,
            Is.EqualTo(4 * 2 * length));
    }

    private static long Memory(FineTuneOptions options, out long length)
    {
        using PreparedRun run = PreparedRun.Create(options.Resolve());
        length = run.Layout.Length;
        return run.Facts.MemoryEstimate;
    }

    private IGradientSource Source(FineTuneOptions options, IGradientSource batches) =>
        RunParts.Wrap(options, batches, new GradientContext(_layout, _state, _updates, options.Seed));

    /// <summary>Gradients that are the weights, and a memory of these.</summary>
    private sealed class Batches(TrainingState state) : IGradientSource
    {
        private readonly WeightBuffer _values = new(Device.Default, state.Layout.Length);

        public List<float[]> Seen { get; } = [];

        public WeightBuffer Values => _values;

        public BlockMap Written { get; } = new(state.Layout);

        public (LossParts Loss, int Tokens) Run(
            IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices, long step)
        {
            Seen.Add(state.Parameters.Span.ToArray());
            _values.CopyFrom(state.Parameters);
            return default;
        }

        public void Dispose() => _values.Dispose();
    }

    private sealed class SameValues : IEqualityComparer<float[]>
    {
        public bool Equals(float[]? x, float[]? y) => x!.AsSpan().SequenceEqual(y);

        public int GetHashCode(float[] values) => 0;
    }
}
