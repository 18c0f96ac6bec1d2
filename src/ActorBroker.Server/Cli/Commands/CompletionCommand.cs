using System.CommandLine;

namespace ActorBroker.Server.Cli.Commands;

/// <summary>
/// <c>actorbroker completion SHELL</c> prints a script that makes the shell ask <c>actorbroker "[suggest:N]" "the line"</c>, which is
/// answered by the parser itself and, for topics and groups, by the cluster.
/// </summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # actorbroker completion bash; load it with: source <(actorbroker completion bash)
        _actorbroker() {
            local IFS=$'\n' word="${COMP_WORDS[COMP_CWORD]}"
            COMPREPLY=($(compgen -W "$(actorbroker "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "$word"))
        }
        complete -o default -F _actorbroker actorbroker
        """;

    private const string Zsh = """
        #compdef actorbroker
        # actorbroker completion zsh; load it with: source <(actorbroker completion zsh)
        _actorbroker() {
            local -a found
            found=("${(@f)$(actorbroker "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
            (( ${#found} )) && compadd -- $found || _files
        }
        compdef _actorbroker actorbroker
        """;

    private const string Fish = """
        # actorbroker completion fish; load it with: actorbroker completion fish | source
        function __actorbroker_complete
            set -l line (commandline -cp)
            actorbroker "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c actorbroker -a '(__actorbroker_complete)'
        """;

    private const string Pwsh = """
        # actorbroker completion pwsh; load it with: actorbroker completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName actorbroker -ScriptBlock {
            param($word, $tree, $cursor)
            actorbroker "[suggest:$cursor]" "$tree" 2>$null |
                Where-Object { $_ -like "$word*" } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
        }
        """;

    public static Command Build()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh, fish or pwsh", HelpName = "SHELL" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "pwsh");
        var command = new Command("completion", "Print a completion script for a shell.") { shell };
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.WriteLine(Script(parsed.GetValue(shell)!));
            return ExitCodes.Done;
        });
        return command;
    }

    internal static string Script(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        "fish" => Fish,
        _ => Pwsh,
    };
}
