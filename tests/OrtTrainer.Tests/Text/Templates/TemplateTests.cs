using OrtTrainer.Text;
using OrtTrainer.Text.Templates;

namespace OrtTrainer.Tests.Text.Templates;

/// <summary>What templates are refused for, and what they mark as written by a model.</summary>
public sealed class TemplateTests
{
    [TestCase("a\n {{ 'x' | shuffle }}", "line 2, column 11: the filter 'shuffle' is not supported.")]
    [TestCase("{{ x is weird }}", "line 1, column 9: the test 'weird' is not supported.")]
    [TestCase("\n{% include 'x' %}", "line 2, column 4: the statement 'include' is not supported here.")]
    [TestCase("{% break %}", "line 1, column 4: the statement 'break' is not supported here.")]
    [TestCase("{% if true %}a", "line 1, column 15: found the end of the template; expected '{% endif %}'.")]
    [TestCase("{% if true %}{% endfor %}", "line 1, column 17: the statement 'endfor' is not supported here.")]
    [TestCase("{% endif %}", "line 1, column 4: the statement 'endif' is not supported here.")]
    [TestCase("{{ 'a", "line 1, column 4: the text is not closed; expected '.")]
    [TestCase("a {{ b", "line 1, column 3: the tag is not closed; expected '}}'.")]
    [TestCase("a {# b", "line 1, column 3: the comment is not closed; expected '#}'.")]
    [TestCase("{{ a ? b }}", "line 1, column 6: '?' has no meaning in a tag.")]
    [TestCase("{{ a b }}", "line 1, column 6: found 'b'; expected '}}'.")]
    [TestCase("{{ a[1 }}", "line 1, column 1: the tag is not closed; expected '}}'.")]
    [TestCase("{{ 2 ** 3 }}", "line 1, column 6: found '**'; expected '}}'.")]
    [TestCase("{% for x of y %}", "line 1, column 10: found 'of'; expected 'in'.")]
    [TestCase("{{ }}", "line 1, column 4: found '}}'; expected a value.")]
    public void What_cannot_be_read_is_refused_with_its_place(string template, string message) =>
        Assert.That(() => Template.Parse(template), Throws.InstanceOf<TemplateException>()
            .With.Message.EqualTo(message));

    [TestCase("{{ raise_exception('No.') }}", "line 1, column 19: the template refuses it: No.")]
    [TestCase("{{ x.y }}", "line 1, column 5: 'x' is not defined.")]
    [TestCase("{{ x() }}", "line 1, column 5: 'x' is not defined.")]
    [TestCase("{{ 'a' + x }}", "line 1, column 8: 'x' is not defined.")]
    [TestCase("{{ 'a' + 1 }}", "line 1, column 8: '+' has no meaning between a text and a number.")]
    [TestCase("{{ 'a'.shout() }}", "line 1, column 13: 'shout' is not defined.")]
    [TestCase("{{ [1].append(2) }}", "line 1, column 14: 'append' is not defined.")]
    [TestCase("{{ 1 / 0 }}", "line 1, column 6: a number is divided by 0.")]
    [TestCase("{{ 'a' < 1 }}", "line 1, column 8: a text and a number have no order between them.")]
    [TestCase("{% for a, b in [[1]] %}{% endfor %}", "line 1, column 4: 1 items are given to 2 names.")]
    [TestCase("{% for a in 3 %}{% endfor %}", "line 1, column 4: a number has no items to go through.")]
    [TestCase("{{ 'a' | tojson(sort=1) }}", "line 1, column 10: the argument 'sort' is not supported.")]
    [TestCase("{{ range(1000000) }}", "line 1, column 9: a range has more than 100000 numbers.")]
    [TestCase("{{ strftime_now('%d') }}", "line 1, column 16: 'strftime_now' is not defined.")]
    [TestCase("{% set x = 1 %}{% set x.y = 2 %}", "line 1, column 19: 'x' is no namespace, whose fields could be set.")]
    [TestCase("{% set t %}{% generation %}{% endgeneration %}{% endset %}",
        "line 1, column 15: 'generation' inside a macro or a value is not supported.")]
    public void What_cannot_be_rendered_is_refused_with_its_place(string template, string message)
    {
        Template parsed = Template.Parse(template);

        Assert.That(() => parsed.Render([]), Throws.InstanceOf<TemplateException>().With.Message.EqualTo(message));
    }

    [TestCase("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")]
    [TestCase(null)]
    public void What_goes_too_deep_is_refused(string? template)
    {
        template ??= "{{ " + new string('(', 200_000) + "1" + new string(')', 200_000) + " }}";

        Assert.That(
            () => Template.Parse(template).Render([]),
            Throws.InstanceOf<TemplateException>().With.Message.Contains("it is nested too deeply."));
    }

    [Test]
    public void What_a_model_is_to_write_is_marked_in_code_points()
    {
        RenderedText rendered = Template.Parse(
            "👋 {% for a in ['x', 'üy'] %}{% generation %}{{ a }}{% endgeneration %}|{% endfor %}").Render([]);

        Assert.That(rendered.Text, Is.EqualTo("👋 x|üy|"));
        Assert.That(rendered.Generated, Is.EqualTo(new[] { new TextRange(2, 3), new TextRange(4, 6) }));
    }
}
