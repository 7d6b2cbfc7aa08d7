using System.CommandLine;
using Tunduk.Adapter.Reading;

namespace Tunduk.Adapter.Cli;

/// <summary>An option whose value is a moment, in the forms of <see cref="Moment"/>.</summary>
internal static class TimeOption
{
    public static Option<DateTimeOffset?> Create(string name, string description) => new(name)
    {
        Description = Phrases.Of("Cli.TimeDescription", description),
        CustomParser = result =>
        {
            if (result.Tokens is [var token] && Moment.TryParse(token.Value, out var moment))
            {
                return moment;
            }

            result.AddError(Phrases.Of("Cli.TimeForm", name));
            return null;
        },
    };
}
