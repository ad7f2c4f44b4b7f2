-- wrk asks the questions of a file (path, or path, tab, JSON body) in turn and prints one line of JSON at the end.
local questions = {}
local at = 0

function init(arguments)
  for line in io.lines(arguments[1]) do
    local path, body = line:match("^([^\t]*)\t(.*)$")
    if body then
      questions[#questions + 1] = wrk.format("POST", path, { ["Content-Type"] = "application/json" }, body)
    else
      questions[#questions + 1] = wrk.format("GET", line)
    end
  end
end

function request()
  at = at % #questions + 1
  return questions[at]
end

function done(summary, latency, requests)
  local errors = summary.errors
  local failures = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    'RESULT {"requests": %d, "requests_per_s": %.1f, "p50_ms": %.3f, "p99_ms": %.3f, "failures": %d}\n',
    summary.requests, summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, failures))
end
