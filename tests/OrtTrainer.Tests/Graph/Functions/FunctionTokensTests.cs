using OrtTrainer.Graph;
using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Tests.Graph.Functions;

public sealed class FunctionTokensTests
{
    [Test]
    public void Words_signs_and_numbers_come_in_order()
    {
        FunctionTokens tokens = new("  y_1 = Op<k = -2.5e3>( x )");
        Assert.That(tokens.Word(), Is.EqualTo("y_1"));
        tokens.Expect("=");
        Assert.That(tokens.AtNumber, Is.False);
        Assert.That(tokens.Word(), Is.EqualTo("Op"));
        Assert.That(tokens.Skip("("), Is.False);
        tokens.Expect("<");
        Assert.That(tokens.Word(), Is.EqualTo("k"));
        tokens.Expect("=");
        Assert.That(tokens.AtNumber, Is.True);
        Assert.That(tokens.Number(), Is.EqualTo("-2.5e3"));
        tokens.Expect(">");
        Assert.That(tokens.Skip("("), Is.True);
        Assert.That(tokens.Word(), Is.EqualTo("x"));
        tokens.Expect(")");
        tokens.ExpectEnd();
    }

    [Test]
    public void What_is_missing_is_named_with_its_column()
    {
        FunctionTokens tokens = new("a b");
        _ = tokens.Word();
        Assert.That(() => tokens.Expect("="), Throws.TypeOf<GraphException>()
            .With.Message.EqualTo("Expected '=' at column 3 of the function line 'a b'."));
        Assert.That(tokens.ExpectEnd, Throws.TypeOf<GraphException>().With.Message.Contains("the end of the line"));
        Assert.That(() => tokens.Number(), Throws.TypeOf<GraphException>().With.Message.Contains("a number"));
    }
}
