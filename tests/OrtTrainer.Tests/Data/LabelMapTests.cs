using OrtTrainer.Data;

namespace OrtTrainer.Tests.Data;

internal sealed class LabelMapTests
{
    [TestCase(new[] { "spam", "Ham", "spam", "eggs" }, new[] { "Ham", "eggs", "spam" }, TestName = "Ordinal_order")]
    [TestCase(new[] { "10", "9", "-1", "0" }, new[] { "-1", "0", "9", "10" }, TestName = "Integers_by_value")]
    [TestCase(new[] { "10", "9", "x" }, new[] { "10", "9", "x" }, TestName = "One_word_among_integers")]
    [TestCase(new[] { "01", "1", "2" }, new[] { "01", "1", "2" }, TestName = "Names_stay_as_written")]
    public void Labels_of_data_have_an_order_of_their_own(string[] labels, string[] expected)
    {
        Assert.That(LabelMap.OfData(labels).Names, Is.EqualTo(expected));
        Assert.That(LabelMap.OfData(labels.Reverse()).Names, Is.EqualTo(expected));
    }

    [Test]
    public void Labels_of_a_model_keep_its_order()
    {
        LabelMap labels = LabelMap.OfModel(["positive", "negative"]);

        Assert.That(labels.IdOf("negative"), Is.EqualTo(1));
        Assert.That(labels.IdOf("Negative"), Is.EqualTo(-1));
    }

    [Test]
    public void Data_may_give_ids_of_a_model_whose_labels_are_words()
    {
        LabelMap labels = LabelMap.OfModel(["negative", "positive"]);

        Assert.That(new[] { "0", "1", "2", "-1" }.Select(labels.IdOf), Is.EqualTo(new[] { 0, 1, -1, -1 }));
    }

    [Test]
    public void A_model_whose_labels_are_numbers_is_asked_by_name_only()
    {
        LabelMap labels = LabelMap.OfModel(["5", "1"]);

        Assert.That(new[] { "0", "1", "5" }.Select(labels.IdOf), Is.EqualTo(new[] { -1, 1, 0 }));
    }

    [Test]
    public void Numbers_are_no_ids_of_labels_found_in_data()
    {
        Assert.That(LabelMap.OfData(["cat", "dog"]).IdOf("0"), Is.EqualTo(-1));
    }

    [TestCase("a", "a")]
    [TestCase("a", "")]
    public void A_models_labels_must_be_told_apart(params string[] names)
    {
        Assert.That(() => LabelMap.OfModel(names), Throws.ArgumentException);
    }
}
