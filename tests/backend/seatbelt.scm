; Evaluates a profile of macOS's sandbox, as far as sefaca writes them: rules are read as data, the
; last one that fits decides. A form that is not known here is an error, so that none goes unjudged.
; tinyscheme gets PROFILE (a file, with #" made ") and QUESTIONS, one list each:
;   (want operation path "…")  (want operation host "…")  (want operation target same|other)
; and prints a line for each that is answered otherwise, then the number of rules and questions.

(define rules '())
(define (stop . words)
  (display "stop:") (for-each (lambda (w) (display " ") (write w)) words) (newline) (quit))

; Strings by their symbols: Debian's tinyscheme 1.42 can't look at a character (string-ref), on which
; its string=? and member stand.
(define (same? a b)
  (eq? (string->symbol (string-append "." a)) (string->symbol (string-append "." b))))
(define (among? text list)
  (and (pair? list) (or (same? text (car list)) (among? text (cdr list)))))

(define (starts? text with)
  (and (>= (string-length text) (string-length with))
       (same? (substring text 0 (string-length with)) with)))
(define (ends? text with)
  (and (>= (string-length text) (string-length with))
       (same? (substring text (- (string-length text) (string-length with))
                            (string-length text)) with)))

; The operations that are known; one with a star stands for all that begin so.
(define operations
  '("default" "process-fork" "process-exec*" "process-exec" "process-info*" "process-info-pidinfo"
    "signal" "sysctl-read" "file-read*" "file-read-data" "file-read-metadata" "file-read-xattr"
    "file-write*" "file-write-data" "file-write-create" "file-write-unlink" "file-write-mode"
    "file-ioctl" "ipc-posix-sem" "ipc-posix-shm*" "ipc-posix-shm-read-data" "pseudo-tty"
    "mach-lookup" "network*" "network-outbound" "network-inbound" "network-bind" "iokit-open"))
(define (covers? rule asked)
  (cond ((same? rule "default") #t)
        ((same? rule asked) #t)
        ((ends? rule "*") (starts? asked (substring rule 0 (- (string-length rule) 1))))
        (else #f)))

(define (below? path of)
  (or (same? of "/") (same? path of) (starts? path (string-append of "/"))))

(define tty-names "^/dev/ttys[0-9]+$")
(define digits '("0" "1" "2" "3" "4" "5" "6" "7" "8" "9"))
(define (digits? text)
  (or (same? text "")
      (and (among? (substring text 0 1) digits)
           (digits? (substring text 1 (string-length text))))))

(define (fits? filter kind value)
  (let ((name (car filter)))
    (cond ((eq? name 'subpath) (and (eq? kind 'path) (below? value (cadr filter))))
          ((eq? name 'literal) (and (eq? kind 'path) (same? value (cadr filter))))
          ((eq? name 'regex)
           (if (not (same? (cadr filter) tty-names)) (stop 'regex (cadr filter)))
           (and (eq? kind 'path) (starts? value "/dev/ttys") (not (same? value "/dev/ttys"))
                (digits? (substring value 9 (string-length value)))))
          ((eq? name 'target)
           (if (not (eq? (cadr filter) 'same-sandbox)) (stop 'target (cadr filter)))
           (and (eq? kind 'target) (eq? value 'same)))
          ((eq? name 'global-name) (and (eq? kind 'name) (same? value (cadr filter))))
          ((or (eq? name 'remote) (eq? name 'local))
           (if (not (and (eq? (cadr filter) 'ip) (same? (caddr filter) "localhost:*")))
               (stop 'address filter))
           (and (eq? kind 'host) (same? value "localhost")))
          (else (stop 'filter filter)))))

(define (any? test list)
  (and (pair? list) (or (test (car list)) (any? test (cdr list)))))

(define (known-operation? symbol) (among? (symbol->string symbol) operations))

(define (check-rule rule)
  (let ((seen #f))
    (for-each
     (lambda (part)
       (cond ((symbol? part)
              (if (not (known-operation? part)) (stop 'operation part))
              (set! seen #t))
             ((pair? part) (fits? part 'none 'none))
             (else (stop 'rule rule))))
     (cdr rule))
    (if (not seen) (stop 'rule rule))))

(define (read-rules port)
  (let ((datum (read port)))
    (if (not (eof-object? datum))
        (begin
          (if (not (pair? datum)) (stop 'datum datum))
          (cond ((eq? (car datum) 'version)
                 (if (not (equal? (cdr datum) '(1))) (stop 'version datum)))
                ((memq (car datum) '(allow deny))
                 (check-rule datum)
                 (set! rules (cons datum rules)))
                (else (stop 'form datum)))
          (read-rules port)))))

(define (applies? rule asked kind value)
  (and (any? (lambda (part) (and (symbol? part) (covers? (symbol->string part) asked))) (cdr rule))
       (let ((has (any? pair? (cdr rule))))
         (or (not has)
             (any? (lambda (part) (and (pair? part) (fits? part kind value))) (cdr rule))))))

; `rules` has the last one first.
(define (answer asked kind value)
  (let loop ((rest rules))
    (cond ((null? rest) 'deny)
          ((applies? (car rest) asked kind value) (caar rest))
          (else (loop (cdr rest))))))

(define asked 0)
(define (ask port)
  (let ((question (read port)))
    (if (not (eof-object? question))
        (let* ((want (car question)) (operation (symbol->string (cadr question)))
               (got (answer operation (caddr question) (cadddr question))))
          (if (not (among? operation operations)) (stop 'question question))
          (set! asked (+ asked 1))
          (if (not (eq? want got))
              (begin (display "wrong: ") (write question) (display " is ") (write got) (newline)))
          (ask port)))))

(call-with-input-file PROFILE read-rules)
(call-with-input-file QUESTIONS ask)
(display "rules ") (display (length rules)) (display " questions ") (display asked) (newline)
(quit)
