WITH a AS (SELECT run, lambda, objective FROM runs WHERE state = 'done') SELECT lambda, median(objective), [1, 2], {'k': 'infinity'::timestamp}, $q$;$q$, '24:00:00'::time FROM a GROUP BY ALL -- end
