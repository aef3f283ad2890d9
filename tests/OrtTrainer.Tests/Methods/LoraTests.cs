using OrtTrainer.Common;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Tasks;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;

namespace OrtTrainer.Tests.Methods;

/// <summary>The settings of adapters in words, and what of a model they train.</summary>
public sealed class LoraTests
{
    private static readonly FineTuneOptions Plain = new()
    {
        Model = "m", Output = "o", Data = new DataOptions { Train = "t.tsv" },
    };

    [TestCase("r=8", "r=8,alpha=16")]
    [TestCase("alpha=4,r=2", "r=2,alpha=4")]
    [TestCase(
        "targets=value+query,dropout=0.05,rslora=yes", "r=8,alpha=16,targets=query+value,dropout=0.05,rslora=yes")]
    [TestCase("rslora=no,dropout=0", "r=8,alpha=16")]
    public void Settings_are_kept_in_one_form(string given, string kept)
    {
        FineTuneOptions options = Plain with { Lora = given };

        Assert.That(options.Lora, Is.EqualTo(kept));
        Assert.That((Plain with { Lora = kept }).Lora, Is.EqualTo(kept));
        Assert.That(options.EffectiveLearningRate, Is.EqualTo(1e-3));
    }

    [TestCase("r=4,alpha=8", 2)]
    [TestCase("r=4,alpha=8,rslora=yes", 4)]
    public void The_scale_is_alpha_over_the_rank_or_over_its_root(string settings, double scale) =>
        Assert.That(Lora.Parse(settings).Scale, Is.EqualTo(scale));

    [TestCase("", "")]
    [TestCase("r=0", "r=0")]
    [TestCase("r=4,r=4", "r=4")]
    [TestCase("alpha=-1", "alpha=-1")]
    [TestCase("dropout=1", "dropout=1")]
    [TestCase("rank=8", "rank=8")]
    [TestCase("targets=query+", "targets=query+")]
    [TestCase("rslora=maybe", "rslora=maybe")]
    public void Others_are_refused(string settings, string named) => Assert.That(
        () => Plain with { Lora = settings },
        Throws.ArgumentException.With.Message.StartsWith($"Lora has '{named}'; expected r=8,alpha=16,"));

    [Test]
    public void What_trains_the_model_s_own_weights_is_refused_beside_them()
    {
        FineTuneOptions lora = Plain with { Lora = "r=8" };

        Assert.That(() => (lora with { FromScratch = true }).Resolve(), Refused("FromScratch"));
        Assert.That(() => (lora with { Layers = [0] }).Resolve(), Refused("Layers"));
        Assert.That(() => (lora with { Mixout = 0.5 }).Resolve(), Refused("Mixout"));

        static NUnit.Framework.Constraints.Constraint Refused(string option) =>
            Throws.ArgumentException.With.Message.StartsWith($"Lora and {option} are both given: ");
    }

    [Test]
    public void A_target_that_is_no_layer_is_refused_with_those_that_are()
    {
        using TemporaryFolder folder = new();
        TinyBert.Write(folder.Path, ["word"]);
        using PretrainedModel model = PretrainedModel.Open(folder.Path);

        Assert.That(
            () => Lora.Parse("targets=query+q_proj").PlanOf(model, new SequenceHead(3)),
            Throws.InstanceOf<RunException>().With.Message.EndsWith(
                "no linear layer below the head is called 'q_proj', which is a target of LoRA; there are dense, key, "
                + "query, value."));
    }

    [Test]
    public void Queries_and_values_have_adapters_and_what_a_task_puts_on_the_model_is_trained_whole()
    {
        using TemporaryFolder folder = new();
        TinyBert.Write(folder.Path, ["word"]);
        using PretrainedModel model = PretrainedModel.Open(folder.Path);

        AdapterPlan plan = Lora.Parse("r=8").PlanOf(model, new SequenceHead(3));

        Assert.That(plan.Adapters.Targets, Is.EqualTo(new[] { "query", "value" }));
        Assert.That(plan.Whole, Is.EquivalentTo(new[] { "classifier.weight", "classifier.bias" }));
    }

    [Test]
    public void So_is_a_pooler_that_the_checkpoint_lacks()
    {
        using TemporaryFolder folder = new();
        TinyBert.Write(folder.Path, ["word"], name: name => name.Contains("pooler") ? null : name);
        using PretrainedModel model = PretrainedModel.Open(folder.Path);

        Assert.That(Lora.Parse("r=8").PlanOf(model, new SequenceHead(3)).Whole, Is.EquivalentTo(new[]
        {
            "bert.pooler.dense.weight", "bert.pooler.dense.bias", "classifier.weight", "classifier.bias",
        }));
    }

    [TestCase("llama", "q_proj", "v_proj")]
    [TestCase("gpt2", "c_attn")]
    public void The_head_of_a_decoder_stays_as_it_is(string family, params string[] targets)
    {
        using TemporaryFolder folder = new();
        if (family == "gpt2")
        {
            TinyLlama.Write(folder.Path, fields:
                """ "model_type": "gpt2", "n_embd": 16, "n_layer": 2, "n_head": 4, "n_positions": 32 """);
        }
        else
        {
            TinyLlama.Write(folder.Path);
        }

        using PretrainedModel model = PretrainedModel.Open(folder.Path);
        AdapterPlan plan = Lora.Parse("r=8").PlanOf(model, new NextTokenHead(model.Architecture.Shape.Vocabulary));

        Assert.That(plan.Adapters.Targets, Is.EqualTo(targets));
        Assert.That(plan.Whole, Is.Empty);
    }
}
