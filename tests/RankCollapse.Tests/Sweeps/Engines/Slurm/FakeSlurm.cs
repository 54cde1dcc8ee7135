using System.Globalization;

namespace RankCollapse.Tests.Sweeps.Engines.Slurm;

/// <summary>
/// Slurm's commands as a script that keeps jobs as files, so that a test can make them fail as a controller does that is gone,
/// forgets, or answers too late. The wording of answers is Slurm 22.05's. The real one is used by tests/slurm/check.sh.
/// </summary>
internal sealed class FakeSlurm
{
    private const string Script = """
        #!/bin/bash
        here=$(cd "$(dirname "$0")" && pwd)
        unreachable() { echo "slurm_load_jobs error: Unable to contact slurm controller (connect failure)" >&2; exit 1; }
        [ -e "$here/unreachable" ] && unreachable
        case $(basename "$0") in
        scontrol)
            if [ "$2" = job ]; then
                while IFS='|' read -r job task state _ name; do
                    exit=0:0; restarts=0
                    [ "$state" = FAILED ] && exit=0:9
                    [ "$state" = RUNNING ] && restarts=$(cat "$here/restarts" 2>/dev/null || echo 0)
                    echo "JobId=$job ArrayJobId=$job ArrayTaskId=$task JobName=$name JobState=$state Requeue=1 Restarts=$restarts BatchFlag=1 Reboot=0 ExitCode=$exit RunTime=00:00:01 Comment=a b"
                done < "$here/jobs/$4"
            else
                echo "MaxArraySize            = 4"
            fi
            ;;
        sbatch)
            [ -e "$here/refuses" ] && { echo "sbatch: error: Batch job submission failed: Invalid account or account/partition combination specified" >&2; exit 1; }
            for argument in "$@"; do
                case $argument in
                --job-name=*) name=${argument#*=} ;;
                --output=*) output=${argument#*=} ;;
                --array=0-*) last=${argument#--array=0-} ;;
                esac
            done
            [ -e "$here/loses" ] && { rm "$here/loses"; echo "sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)" >&2; exit 1; }
            job=$(( $(ls "$here/jobs" | wc -l) + 1 ))
            for task in $(seq 0 "$last"); do echo "$job|$task|$(cat "$here/state" 2>/dev/null || echo 'RUNNING|None')|$name"; done > "$here/new"
            [ -e "$here/log" ] && cp "$here/log" "${output/\%a/0}"
            mv "$here/new" "$here/jobs/$job"
            [ -e "$here/answers-late" ] && { rm "$here/answers-late"; echo "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation" >&2; exit 1; }
            echo "$job"
            ;;
        squeue)
            [ -e "$here/standby" ] && { echo "slurm_load_jobs error: Slurm backup controller in standby mode" >&2; exit 1; }
            while [ $# -gt 0 ]; do
                case $1 in
                -n) grep -h "|$2\$" "$here/jobs"/* 2>/dev/null | cut -d'|' -f1,3,4 ;;
                esac
                shift
            done
            exit 0
            ;;
        scancel)
            for job in "$here/jobs"/*; do
                if grep -q "|${2:-none}\$" "$job" || [ "$(basename "$job")" = "$1" ]; then sed -i 's/|[A-Z]*|[A-Za-z]*|/|CANCELLED|None|/' "$job"; fi
            done
            ;;
        esac
        """;

    private readonly string _folder;

    public FakeSlurm(TemporaryFolder folder)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The script needs bash.");
        _folder = Directory.CreateDirectory(folder.File("bin")).FullName;
        Directory.CreateDirectory(Jobs);
        foreach (string name in (string[])["sbatch", "squeue", "scancel", "scontrol"])
        {
            File.WriteAllText(Path.Combine(_folder, name), Script.ReplaceLineEndings("\n"));
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(Path.Combine(_folder, name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>The folder of the commands.</summary>
    public string Bin => _folder;

    /// <summary>How many arrays were accepted.</summary>
    public int Accepted => Directory.GetFiles(Jobs).Length;

    private string Jobs => Path.Combine(_folder, "jobs");

    /// <summary>
    /// Switches a failure on: unreachable, refuses, loses (the next submission), answers-late (to the next submission), standby (the queue is not shown).
    /// </summary>
    public void Switch(string failure, bool on = true)
    {
        string file = Path.Combine(_folder, failure);
        if (on) File.WriteAllText(file, "");
        else File.Delete(file);
    }

    /// <summary>The state and reason of tasks that are submitted from now on.</summary>
    public void BeginIn(string state, string reason) => File.WriteAllText(Path.Combine(_folder, "state"), $"{state}|{reason}");

    /// <summary>What tasks that are submitted from now on write into their logs.</summary>
    public void Log(string text) => File.WriteAllText(Path.Combine(_folder, "log"), text);

    /// <summary>Sets the state of all tasks of a job.</summary>
    public void Set(int job, string state, string reason)
    {
        IEnumerable<string[]> tasks = File.ReadAllLines(FileOf(job)).Select(line => line.Split('|'));
        Replace(job, string.Concat(tasks.Select(fields => $"{fields[0]}|{fields[1]}|{state}|{reason}|{fields[4]}\n")));
    }

    /// <summary>How often each running task counts as requeued.</summary>
    public void Restart(int times) => File.WriteAllText(Path.Combine(_folder, "restarts"), times.ToString(CultureInfo.InvariantCulture));

    /// <summary>Makes a job be there twice, as when a submission is repeated.</summary>
    public void Double(int job) =>
        File.WriteAllLines(FileOf(Accepted + 1), File.ReadAllLines(FileOf(job)).Select(line => $"{Accepted + 1}|{line.Split('|', 2)[1]}").ToArray());

    /// <summary>The tasks of a job.</summary>
    public int TasksOf(int job) => File.ReadAllLines(FileOf(job)).Length;

    /// <summary>Makes a controller forget a job and give its number to another one.</summary>
    public void GiveAway(int job) => Replace(job, $"{job}|0|RUNNING|None|somebody-else\n");

    private string FileOf(int job) => Path.Combine(Jobs, job.ToString(CultureInfo.InvariantCulture));

    private void Replace(int job, string tasks)
    {
        string temporary = Path.Combine(_folder, "changed");
        File.WriteAllText(temporary, tasks);
        File.Move(temporary, FileOf(job), overwrite: true);
    }
}
