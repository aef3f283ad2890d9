using OrtTrainer.Common;
using OrtTrainer.Tests.Models;
using OrtTrainer.Text;
using OrtTrainer.Teachers;

namespace OrtTrainer.Tests.Teachers;

/// <summary>What a teacher that runs with every step says of itself, and what is refused.</summary>
public sealed class StepTeacherTests
{
    private TinyStepTeacher _tiny = null!;

    [SetUp]
    public void Make() => _tiny = new TinyStepTeacher();

    [TearDown]
    public void Remove() => _tiny.Dispose();

    [Test]
    public void The_report_has_its_perplexity_on_the_evaluation_data()
    {
        using StepTeacher teacher = _tiny.Open();
        double loss = _tiny.Logits().Chunk(_tiny.Vocabulary).Zip(_tiny.Targets.Ids.ToArray()).Average(row =>
            Math.Log(row.First.Sum(z => Math.Exp(z))) - row.First[row.Second]);

        Assert.That(teacher.Report.RunsWithSteps);
        Assert.That(teacher.Report.Audit.Perplexity, Is.EqualTo(Math.Exp(loss)).Within(1e-4));
        Assert.That(teacher.Report.Audit.Accuracy, Is.InRange(0, 1));
        Assert.That(teacher.Report.Cost!.Seconds, Is.GreaterThan(0));
        Assert.That(teacher.StepSeconds, Is.Zero, "no step has been taken");
    }

    [Test]
    public void Another_vocabulary_is_refused_by_the_first_token_that_differs()
    {
        _tiny.Student = Of("w0", "w1", "other", "w3", "w4", "w5");
        Assert.That(() => _tiny.Open(), Refused("the token of id 7 is 'w2'; the student's is 'other'"));

        _tiny.Student = Of("w0", "w1", "w2", "w3", "w4", "w5", "w6");
        Assert.That(() => _tiny.Open(), Refused("the token of id 11 is not there; the student's is 'w6'"));
    }

    [Test]
    public void Another_number_of_outputs_is_refused() => Assert.That(
        () => _tiny.Open(vocabulary: 16),
        Throws.InstanceOf<RunException>().With.Message.Contains("vocab_size is 11, the student's is 16."));

    [TestCase(25, null)]
    [TestCase(16, 8)]
    public void Inputs_that_are_longer_than_it_reads_are_refused(int length, int? limit) => Assert.That(
        () => _tiny.Open(_tiny.Options with { MaxLength = limit }, length),
        Throws.InstanceOf<RunException>().With.Message.Contains(
            $"reads {limit ?? 24} tokens at most, but runs on the student's inputs of up to {length}."));

    [Test]
    public void A_table_of_outputs_is_refused()
    {
        Assert.That(
            () => _tiny.Open(new() { Logits = "logits.safetensors" }),
            Throws.InstanceOf<RunException>().With.Message.Contains(
                "logits.safetensors: is no folder; a teacher for masked_lm runs with every step, from its weights."));
        Assert.That(
            () => _tiny.Open(_tiny.Options with { TopK = 3 }),
            Throws.InstanceOf<RunException>().With.Message.EqualTo(
                "TopK is 3, but a teacher for masked_lm runs with every step, on tokens that are drawn for it, "
                + "and nothing that it gives is kept. Leave it out."));
    }

    [Test]
    public void A_model_of_another_task_or_without_its_head_is_refused()
    {
        TinyBert.Write(_tiny.Folder, ["w0", "w1", "w2", "w3", "w4", "w5"]);
        Assert.That(
            () => _tiny.Open(),
            Throws.InstanceOf<RunException>().With.Message.Contains(
                "by its class, BertForSequenceClassification, the teacher's task is"));

        using TinyStepTeacher headless = new(name => name.StartsWith("cls.", StringComparison.Ordinal) ? null : name);
        Assert.That(
            () => headless.Open(),
            Throws.InstanceOf<RunException>().With.Message.Contains("the teacher's weights lack cls.predictions."));
    }

    [Test]
    public void Values_that_are_no_numbers_are_refused_with_the_step()
    {
        Assert.That(() => FiniteOutputs.Require([1, -2], "teacher", step: 2), Throws.Nothing);
        foreach (float broken in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            Assert.That(
                () => FiniteOutputs.Require([1, broken, 3], "teacher", step: 2),
                Throws.InstanceOf<RunException>().With.Message.Contains("that are no numbers in step 3."));
        }
    }

    private Tokenizer Of(params string[] words)
    {
        string folder = Path.Combine(_tiny.Folder, "student");
        TinyBert.Write(folder, words);
        return Tokenizer.Load(folder);
    }

    private static NUnit.Framework.Constraints.Constraint Refused(string difference) =>
        Throws.InstanceOf<RunException>().With.Message.Contains($"the teacher has another vocabulary: {difference}.");
}
